import { describe, expect, it } from "vitest";
import { resolveConfig } from "../src/model/config.js";
import { describeTowers, towerMetadata } from "../src/model/tower-files.js";

const towers = {
  config: resolveConfig(),
  normalization: { originX: 0.1 + 0.2, originY: -1.5e7, scaleMeters: 3 },
  seed: 0,
  losses: [1],
  engine: "ort-cpu",
  trainingId: "ab12",
};

describe("describeTowers", () => {
  it("gives back what towerMetadata wrote, to the last bit", () => {
    const metadata = towerMetadata(towers);
    expect(describeTowers(metadata, metadata)).toEqual({
      config: towers.config.model,
      origin: { originX: 0.1 + 0.2, originY: -1.5e7 },
      trainingId: "ab12",
    });
  });

  it("names the file that is no tower, or an older one", () => {
    const whole = towerMetadata(towers);
    const without = (key: string) =>
      Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
    expect(() => describeTowers({}, whole)).toThrow(
      "trajectory.onnx: must be a TrajCross tower, whose metadata holds wayweave.trajcross.origin, got none",
    );
    expect(() => describeTowers(whole, without("wayweave.trajcross.trainingId"))).toThrow(
      "image.onnx: must be a TrajCross tower, whose metadata holds wayweave.trajcross.trainingId, got none",
    );
    expect(() => describeTowers({ ...whole, "wayweave.trajcross.config": "{" }, whole)).toThrow(
      "trajectory.onnx: metadata wayweave.trajcross.config must be JSON, got {",
    );
    expect(() => describeTowers({ ...whole, "wayweave.trajcross.origin": '{"originX":1}' }, whole)).toThrow(
      'trajectory.onnx: metadata wayweave.trajcross.origin must hold two numbers, got {"originX":1}',
    );
  });
});

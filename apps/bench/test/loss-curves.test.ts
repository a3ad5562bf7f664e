import { describe, expect, it } from "vitest";
import { lossCurves } from "../src/experiments/trajcross/systems/loss-curves.js";

describe("lossCurves", () => {
  const output = (system: string, seed: number, losses?: number[]) => ({
    system,
    dataset: "UNIV windows",
    seed,
    raw: {
      trajectoryToImage: Uint32Array.of(1),
      imageToTrajectory: Uint32Array.of(1),
      ...(losses === undefined ? {} : { losses: Float64Array.from(losses) }),
    },
  });

  it("draws a panel a system that tells its losses", () => {
    const pictures = lossCurves([
      output("MOCO", 1, [4, 2]),
      output("MOCO", 2, [6, 2]),
      output("Corr-AE", 1, [9, 8, 7]),
      output("CCA", 1, []),
      output("TrajCross (ours)", 1),
    ]);
    expect(pictures.map(({ title }) => title)).toEqual(["Training loss of the baselines"]);
    const { svg } = pictures[0]!;
    expect(svg).toContain(">MOCO<");
    expect(svg).toContain(">Corr-AE<");
    expect(svg).not.toContain("CCA");
    expect(svg).not.toContain("TrajCross");
  });

  it("draws nothing where no row tells them", () => {
    expect(lossCurves([output("CCA", 1, [])])).toEqual([]);
  });
});

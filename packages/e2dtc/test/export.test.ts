import { FormatError, Random } from "@wayweave/geo-core";
import { GraphBuilder, OnnxModel } from "@wayweave/nn";
import { describe, expect, it } from "vitest";
import { E2DTC } from "../src/model/e2dtc.js";
import { readModelInfo } from "../src/model/model-file.js";
import { tokenizeGraph } from "../src/model/tokenize-graph.js";
import { TokenSource } from "../src/tokens/tokens.js";
import { buildVocabulary } from "../src/tokens/vocabulary.js";
import { setOf } from "./helpers.js";

/** Walks in a box, some of them leaving it in the copy that is spelt. */
function walks(coordinateSystem: "lonlat" | "planar", reach: number) {
  const random = new Random(6);
  const scale = coordinateSystem === "planar" ? 1 : 1e-5;
  const trajectories = Array.from({ length: 40 }, () =>
    Array.from({ length: 1 + random.integer(12) }, (): [number, number] => [
      scale * random.uniform(-reach, 3000 + reach),
      scale * random.uniform(-reach, 2000 + reach),
    ]),
  );
  return setOf(trajectories, coordinateSystem);
}

describe("tokenizeGraph", () => {
  for (const coordinateSystem of ["lonlat", "planar"] as const) {
    for (const keepRepeats of [false, true]) {
      it(`spells ${coordinateSystem} trajectories as tokenize does, keepRepeats ${keepRepeats}`, async () => {
        const vocabulary = buildVocabulary(walks(coordinateSystem, 0), {
          cellSizeMeters: 400,
          minFrequency: 4,
        });
        const set = walks(coordinateSystem, 500);
        const { tokens, offsets, within } = new TokenSource(set, vocabulary, { keepRepeats }).clean();
        const graph = new GraphBuilder({ name: "tokens" });
        const outputs = tokenizeGraph(graph, vocabulary, { keepRepeats });
        graph.output(outputs.tokens, "tokens");
        graph.output(outputs.lengths, "counts");
        graph.output(outputs.within, "within");
        const model = await OnnxModel.load(graph.toBytes());
        const time = 12;
        const coordinates = new Float64Array(40 * time * 2);
        for (let i = 0; i < 40; i++) coordinates.set(set.at(i).coordinates, i * time * 2);
        const result = await model.run({
          coordinates: { data: coordinates, shape: [40, time, 2] },
          lengths: { data: Int32Array.from({ length: 40 }, (_, i) => set.pointCountOf(i)), shape: [40] },
        });
        const [, width] = result.tokens!.shape;
        for (let i = 0; i < 40; i++) {
          const count = (result.counts!.data as Int32Array)[i]!;
          const row = (result.tokens!.data as Int32Array).subarray(i * width!, i * width! + count);
          expect([...row]).toEqual([...tokens.subarray(offsets[i], offsets[i + 1])]);
          const places = (result.within!.data as Float32Array).subarray(2 * i * width!);
          const expected = within.subarray(2 * offsets[i]!, 2 * offsets[i + 1]!);
          for (const [at, value] of expected.entries()) expect(places[at]).toBeCloseTo(value, 3);
        }
        await model.dispose();
      });
    }
  }

  it("says at what time of the day a token's first point was there as tokenize does, before 1970 too", async () => {
    const places = walks("planar", 500);
    const random = new Random(2);
    const set = places.with({
      timesMs: Float64Array.from({ length: places.pointCount }, () => random.uniform(-1e12, 2e12)),
    });
    const vocabulary = buildVocabulary(set, { cellSizeMeters: 400, minFrequency: 4 });
    const { offsets, timeOfDay } = new TokenSource(set, vocabulary, { timeOfDay: true }).clean();
    const graph = new GraphBuilder({ name: "tokens" });
    graph.output(tokenizeGraph(graph, vocabulary, { timeOfDay: true }).timeOfDay!, "timeOfDay");
    const model = await OnnxModel.load(graph.toBytes());
    const time = 12;
    const [coordinates, times] = [new Float64Array(40 * time * 2), new Float64Array(40 * time)];
    for (let i = 0; i < 40; i++) {
      coordinates.set(set.at(i).coordinates, i * time * 2);
      times.set(set.at(i).timesMs!, i * time);
    }
    const result = await model.run({
      coordinates: { data: coordinates, shape: [40, time, 2] },
      times: { data: times, shape: [40, time] },
      lengths: { data: Int32Array.from({ length: 40 }, (_, i) => set.pointCountOf(i)), shape: [40] },
    });
    const { data, shape } = result.timeOfDay!;
    for (let i = 0; i < 40; i++) {
      const expected = [...timeOfDay!.subarray(offsets[i], offsets[i + 1])];
      expect([...data].slice(i * shape[1]!, i * shape[1]! + expected.length)).toEqual(expected);
    }
    await model.dispose();
  });
});

describe("E2DTC.load", () => {
  it("refuses another ONNX file", async () => {
    const graph = new GraphBuilder({ name: "other" });
    graph.output(graph.input("x", "float32", ["batch"]), "x");
    await expect(E2DTC.load(graph.toBytes())).rejects.toThrow(
      "not an E2DTC model: its metadata must hold wayweave.e2dtc.model",
    );
  });
});

describe("readModelInfo", () => {
  const good = {
    k: 3,
    hidden: 8,
    coordinateSystem: "planar",
    tokens: { cellSizeMeters: 5, keepRepeats: false, vocabularySize: 9 },
  };
  const of = (value: unknown) => ({
    "wayweave.e2dtc.model": typeof value === "string" ? value : JSON.stringify(value),
  });

  it("fails with FormatError, whatever is wrong with the metadata", () => {
    expect(readModelInfo(of(good))).toEqual(good);
    expect(readModelInfo(of({ ...good, timeOfDay: true }))).toEqual({ ...good, timeOfDay: true });
    expect(() => readModelInfo(of({ ...good, timeOfDay: "yes" }))).toThrow(/must hold timeOfDay, a boolean$/);
    expect(() => readModelInfo({})).toThrow(FormatError);
    expect(() => readModelInfo(of("{"))).toThrow(FormatError);
    expect(() => readModelInfo(of("null"))).toThrow(FormatError);
    expect(() => readModelInfo(of({ ...good, k: "3", tokens: undefined }))).toThrow(
      "damaged E2DTC model: wayweave.e2dtc.model in its metadata must hold k, a positive integer, tokens.cellSizeMeters, above 0, tokens.keepRepeats, a boolean, tokens.vocabularySize, a positive integer",
    );
  });
});

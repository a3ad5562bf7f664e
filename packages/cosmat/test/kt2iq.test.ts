import { greatCircleDistanceMeters, type Position, Random } from "@wayweave/geo-core";
import { GmrTree, kgmcms } from "@wayweave/gmr-tree";
import { describe, expect, it } from "vitest";
import { CoSMat } from "../src/model/cosmat.js";
import { threeClassPairs } from "./support.js";

const train = threeClassPairs(120, 1);
const test = threeClassPairs(40, 2);
const model = await CoSMat.fit(train, { corrProj: { components: 3 }, tune: false });
const images = model.embedImage(test.images);
const texts = model.embedText(test.texts);
const random = new Random(3);
const positions = Float64Array.from({ length: 80 }, (_, i) => random.uniform(0, i % 2 === 0 ? 20 : 10));
const place: Position = [7, 4];
const MU = 0.5;

/** Eq. 3 to 6 by the letter, with the model's own similarity: the five best. */
function bestByFormula(similarities: Float64Array): number[] {
  const distances = similarities.map((_, i) =>
    greatCircleDistanceMeters(place, [positions[2 * i]!, positions[2 * i + 1]!]),
  );
  const farthest = Math.max(...distances);
  const scores = similarities.map((sim, i) => MU * (1 - distances[i]! / farthest) + (1 - MU) * sim);
  return Array.from(scores, (_, i) => i)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, 5);
}

describe.each([
  ["kT2IQ", images, texts],
  ["kI2TQ", texts, images],
] as const)("%s", (_, objects, queries) => {
  const dimensions = model.dimensions;
  const vectors = model.toIndexVectors(objects).data;
  const signature = { kind: "threshold", threshold: 0 } as const;
  const tree = GmrTree.build({ dimensions, positions, vectors, signature });
  const query = { ...queries, rows: 1, data: queries.data.subarray(0, dimensions) };
  const vector = model.toIndexVectors(query).data;

  it("finds what the formula ranks first", () => {
    const hits = tree.search({ position: place, vector, k: 5, mu: MU });
    expect(hits.map(({ id }) => id)).toEqual(bestByFormula(model.similarity(query, objects).data));
  });

  it("has signatures of posteriors: threshold 0 marks the classes that are likelier than by chance", () => {
    const likely = (row: Float64Array) => [...row].flatMap((p, c) => (p >= 1 / dimensions ? [c] : []));
    const own = likely(query.data);
    const sharing = Array.from({ length: objects.rows }, (_, i) => i).filter((i) =>
      likely(objects.data.subarray(i * dimensions, (i + 1) * dimensions)).some((c) => own.includes(c)),
    );
    // Enough neighbours for all that match, and no others come.
    const { hits } = kgmcms(tree, { position: place, vector, k: objects.rows, mu: MU });
    expect(hits.map(({ id }) => id).sort((a, b) => a - b)).toEqual(sharing);
    expect(sharing.length).toBeLessThan(objects.rows);
  });
});

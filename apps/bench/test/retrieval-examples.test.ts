import { Random, TrajectorySet } from "@wayweave/geo-core";
import { renderImages } from "@wayweave/trajcross";
import { parseHTML } from "linkedom";
import { expect, it } from "vitest";
import {
  examplePictures,
  examplesSchema,
  takeExamples,
} from "../src/experiments/trajcross/systems/examples.js";

it("shows hits and misses of both directions, the line where it lies in the image", () => {
  const tracks = Array.from({ length: 8 }, (_, i) => [
    [i, 0],
    [i + 1, 2],
  ]);
  const trajectories = TrajectorySet.fromArrays(tracks as [number, number][][], {
    coordinateSystem: "planar",
  });
  const images = renderImages(trajectories, new Random(1), { size: 16 });
  // Embeddings along an axis each, so partner and query agree, except for trajectories 0 and 1, which are exchanged.
  const axes = (order: number[]) => {
    const rows = new Float32Array(64);
    order.forEach((axis, row) => {
      rows[8 * row + axis] = 1;
    });
    return rows;
  };
  const ranks = Uint32Array.of(2, 2, 1, 1, 1, 1, 1, 1);
  const examples = takeExamples(
    {
      test: { trajectories, images },
      width: 8,
      trajectories: axes([1, 0, 2, 3, 4, 5, 6, 7]),
      images: axes([0, 1, 2, 3, 4, 5, 6, 7]),
    },
    { trajectoryToImage: ranks, imageToTrajectory: ranks },
  );
  expect(examplesSchema.safeParse(examples).success).toBe(true);
  const { queries, answers, lines } = examples.trajectoryToImage;
  expect([...queries]).toEqual([2, 3, 4, 5, 0, 1]);
  expect([answers[0], answers[4 * 5]]).toEqual([2, 1]);
  // The first answer shows the query: its line lies within the image.
  expect([...lines.subarray(0, 4)].every((value) => value > 0 && value < 1)).toBe(true);

  const outputs = [{ system: "A", dataset: "B", seed: 1, raw: { examples } }];
  const pictures = examplePictures([...outputs, { ...outputs[0]!, seed: 2 }, { ...outputs[0]!, raw: {} }]);
  expect(pictures.map(({ title }) => title)).toEqual([
    "A, B: trajectory → image",
    "A, B: image → trajectory",
  ]);
  const { document } = parseHTML(`<body>${pictures[0]!.svg}</body>`);
  const texts = [...document.querySelectorAll("text")].map(({ textContent }) => textContent);
  expect(texts).toContain("✓ image 2");
  expect(texts).toContain("partner at 2");
});

import { Random } from "@wayweave/geo-core";

/** A wide cloud of 400 at (0, 0), narrow ones of 100 at (30, 0) and (36, 0). */
const uneven = [
  [400, 0, 4],
  [100, 30, 0.5],
  [100, 36, 0.5],
] as const;

/** Normal clouds on the x axis, each of so many rows, at a place, so wide. */
export function clouds(places: readonly (readonly [count: number, x: number, width: number])[] = uneven) {
  const random = new Random(3);
  const data: number[] = [];
  for (const [count, x, width] of places) {
    for (let i = 0; i < count; i++) data.push(x + width * random.normal(), width * random.normal());
  }
  return { data: Float64Array.from(data), rows: data.length / 2, columns: 2 };
}

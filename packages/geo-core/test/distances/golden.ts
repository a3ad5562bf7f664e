import { expect } from "vitest";

/** Values of all pairs in pdist order, by measure; written by scripts/parity/geo-core_distances.py. */
export type GoldenValues = Readonly<
  Record<"dtw" | "edr" | "lcss" | "hausdorff" | "frechet", readonly number[]>
>;

/** The metrics that the golden files hold. */
export function metricsOf(epsilon: number) {
  return [
    { name: "dtw" },
    { name: "edr", epsilon },
    { name: "lcss", epsilon },
    { name: "hausdorff" },
    { name: "frechet" },
  ] as const;
}

/** Equal up to the rounding of a different order of arithmetic: 1e-7 m + 1e-12 of the value. */
export function expectGolden(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const apart = expected.flatMap((value, pair) =>
    Math.abs(actual[pair]! - value) <= 1e-7 + 1e-12 * value ? [] : [{ pair, value, actual: actual[pair] }],
  );
  expect(apart).toEqual([]);
}

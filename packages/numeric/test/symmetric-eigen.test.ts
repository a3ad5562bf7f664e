import { Random } from "@wayweave/geo-core";
import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../src/linear-algebra/symmetric-eigen.js";
import { gram } from "../src/matrix/products.js";

/** A random symmetric matrix of the given rank. */
function randomSymmetric(seed: number, n: number, rank: number) {
  const random = new Random(seed);
  const data = Float64Array.from({ length: n * rank }, () => random.normal());
  return gram({ rows: n, columns: rank, data });
}

describe("symmetricEigen", () => {
  it("[[2, 1], [1, 2]]: 3 with (1, 1)/√2 and 1 with (1, −1)/√2", () => {
    const { values, vectors } = symmetricEigen({ rows: 2, columns: 2, data: Float64Array.of(2, 1, 1, 2) });
    expect([...values]).toEqual([3, 1]);
    const h = Math.SQRT1_2;
    expect([...vectors.data].map(Math.abs)).toEqual([
      expect.closeTo(h, 14),
      expect.closeTo(h, 14),
      expect.closeTo(h, 14),
      expect.closeTo(h, 14),
    ]);
    expect(vectors.data[0]! * vectors.data[1]!).toBeGreaterThan(0);
  });

  it("A·v = λ·v, orthonormal vectors, and ml-matrix's eigenvalues, whatever the rank", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 24 }),
        (seed, n, rank) => {
          const a = randomSymmetric(seed, n, rank);
          const { values, vectors } = symmetricEigen(a);
          const scale = 1 + values[0]!;
          for (let k = 0; k < n; k++) {
            for (let i = 0; i < n; i++) {
              let product = 0;
              let overlap = 0;
              for (let j = 0; j < n; j++) {
                product += a.data[i * n + j]! * vectors.data[k * n + j]!;
                overlap += vectors.data[i * n + j]! * vectors.data[k * n + j]!;
              }
              expect(Math.abs(product - values[k]! * vectors.data[k * n + i]!)).toBeLessThan(
                1e-12 * scale * n,
              );
              expect(Math.abs(overlap - (i === k ? 1 : 0))).toBeLessThan(1e-12);
            }
          }
          const reference = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a.data), {
            assumeSymmetric: true,
          });
          const expected = reference.realEigenvalues.sort((x, y) => y - x);
          values.forEach((value, k) => {
            expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-12 * scale * n);
          });
        },
      ),
    );
  });

  it("gives the same first vectors when few are asked for, clusters and zero matrices included", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(1, 0.001, 0),
        (seed, n, rank, scale) => {
          const a = randomSymmetric(seed, n, rank);
          for (let i = 0; i < n * n; i++) a.data[i]! *= scale;
          const count = Math.floor(n / 4);
          const { values, vectors } = symmetricEigen(a, count);
          const all = symmetricEigen(a);
          expect(values).toEqual(all.values);
          const norm = 1e-300 + values[0]!;
          for (let k = 0; k < count; k++) {
            const v = vectors.data.subarray(k * n, (k + 1) * n);
            for (let i = 0; i < n; i++) {
              let product = 0;
              for (let j = 0; j < n; j++) product += a.data[i * n + j]! * v[j]!;
              expect(Math.abs(product - values[k]! * v[i]!)).toBeLessThanOrEqual(1e-12 * norm * n);
            }
            for (let other = 0; other <= k; other++) {
              let overlap = 0;
              for (let j = 0; j < n; j++) overlap += v[j]! * vectors.data[other * n + j]!;
              expect(Math.abs(overlap - (other === k ? 1 : 0))).toBeLessThan(1e-10);
            }
          }
        },
      ),
    );
  });

  it("stays finite where rows repeat so often that only rounding errors of rounding errors are left", () => {
    for (let n = 50; n <= 60; n++) {
      // 1 to 29 rows of six small integers, repeated until there are n
      const distinct = 1 + (n % 30);
      const row = (i: number) => Array.from({ length: 6 }, (_, j) => ((i * 7 + j * 5 + i * j) % 11) - 5);
      const rows = Array.from({ length: n }, (_, i) => row(i % distinct));
      const a = gram({ rows: n, columns: 6, data: Float64Array.from(rows.flat()) });
      const { values, vectors } = symmetricEigen(a);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(vectors.data.every(Number.isFinite)).toBe(true);
      const trace = rows.flat().reduce((sum, entry) => sum + entry ** 2, 0);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 8);
    }
  });
});

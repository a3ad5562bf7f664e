import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { gram, leadingEigen, type Matrix64, symmetricEigen, timesTransposed } from "../src/index.js";

/** A matrix with the given eigenvalues, its eigenvectors drawn. */
function withEigenvalues(values: readonly number[], seed: number): Matrix64 {
  const n = values.length;
  const random = new Random(seed);
  const data = Float64Array.from({ length: n * n }, () => random.normal());
  const { vectors } = symmetricEigen(gram({ rows: n, columns: n, data }));
  const scaled = Float64Array.from(vectors.data, (x, i) => x * values[Math.floor(i / n)]!);
  // Σ λ·v·vᵀ = Vᵀ·(Λ·V), with vectors in rows.
  const transpose = (a: Float64Array) => Float64Array.from(a, (_, i) => a[(i % n) * n + Math.floor(i / n)]!);
  return timesTransposed(
    { rows: n, columns: n, data: transpose(vectors.data) },
    { rows: n, columns: n, data: transpose(scaled) },
  );
}

const operatorOf = (matrix: Matrix64) => ({
  n: matrix.rows,
  multiply: (vectors: Matrix64) => timesTransposed(vectors, matrix),
});

describe("leadingEigen", () => {
  it("finds what symmetricEigen finds, equal eigenvalues and negative ones among them", async () => {
    const spectra = [
      Array.from({ length: 110 }, (_, i) => 1 / (1 + i)),
      Array.from({ length: 110 }, (_, i) => (i < 4 ? 5 : Math.sin(i))),
      Array.from({ length: 110 }, (_, i) => -1 - i / 10),
      Array.from({ length: 7 }, (_, i) => i),
    ];
    for (const [seed, spectrum] of spectra.entries()) {
      const matrix = withEigenvalues(spectrum, seed);
      const { values, vectors, converged } = await leadingEigen(operatorOf(matrix), 5, { tolerance: 1e-10 });
      const reference = symmetricEigen(matrix, 5);
      expect(converged).toBe(true);
      for (let i = 0; i < 5; i++) expect(values[i]).toBeCloseTo(reference.values[i]!, 11);
      const products = timesTransposed(vectors, matrix);
      products.data.forEach((entry, at) => {
        expect(entry).toBeCloseTo(values[Math.floor(at / matrix.rows)]! * vectors.data[at]!, 8);
      });
      const overlaps = gram(vectors);
      overlaps.data.forEach((entry, at) => {
        expect(entry).toBeCloseTo(at % 6 === 0 ? 1 : 0, 11);
      });
    }
  });

  it("copes with matrices of low rank", async () => {
    const ones = { rows: 300, columns: 300, data: new Float64Array(90_000).fill(1) };
    const { values, converged } = await leadingEigen(operatorOf(ones), 3);
    expect(values[0]).toBeCloseTo(300, 9);
    expect(values[1]).toBeCloseTo(0, 9);
    expect(converged).toBe(true);
    const nothing = await leadingEigen(operatorOf({ ...ones, data: new Float64Array(90_000) }), 2);
    expect([...nothing.values]).toEqual([0, 0]);
  });

  it("says that it did not converge", async () => {
    const matrix = withEigenvalues(
      Array.from({ length: 200 }, (_, i) => 1 - i / 200),
      1,
    );
    const { converged, steps, residuals } = await leadingEigen(operatorOf(matrix), 3, { maxSteps: 2 });
    expect({ converged, steps }).toEqual({ converged: false, steps: 2 });
    expect(Math.max(...residuals)).toBeGreaterThan(1e-8);
  });

  it("repeats itself from a seed, and names what is wrong", async () => {
    const matrix = withEigenvalues(
      Array.from({ length: 50 }, (_, i) => i),
      3,
    );
    const first = await leadingEigen(operatorOf(matrix), 4, { seed: 7 });
    expect(await leadingEigen(operatorOf(matrix), 4, { seed: 7 })).toEqual(first);
    await expect(leadingEigen(operatorOf(matrix), 51)).rejects.toThrow(
      "leadingEigen: count must be at most 50 rows, got 51",
    );
    await expect(leadingEigen(operatorOf(matrix), 2, { tol: 1 } as never)).rejects.toThrow(
      'leadingEigen: unknown option "tol"; did you mean "tolerance"?',
    );
  });
});

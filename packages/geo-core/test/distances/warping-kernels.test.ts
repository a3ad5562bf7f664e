import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import wabt from "wabt";
import { warpingKernelsText } from "../../scripts/warping-kernels.mjs";
import { dtwKernel, plainDtw } from "../../src/internal/distances/dtw-kernel.js";
import { type PreparedPoints, preparePoints } from "../../src/internal/distances/points.js";
import { UNLIMITED, WarpingKernels, warpingKernels } from "../../src/internal/distances/warping.js";
import { WARPING_WASM } from "../../src/internal/distances/warping-wasm.js";
import { lonLatTrajectory, planarTrajectory } from "./arbitrary-trajectory.js";

function prepare(a: Float64Array, b: Float64Array, onSphere: boolean): PreparedPoints {
  const coordinates = Float64Array.from([...a, ...b]);
  return preparePoints(coordinates, Uint32Array.of(0, a.length / 2, (a.length + b.length) / 2), onSphere);
}

it("warping-wasm.ts is what warping-kernels.mjs assembles to", async () => {
  const toolkit = await wabt();
  const module = toolkit.parseWat("warping-kernels.wat", warpingKernelsText(), { simd: true });
  expect(Buffer.from(module.toBinary({}).buffer).toString("hex")).toBe(WARPING_WASM);
});

const trajectory = fc.oneof(
  planarTrajectory.map((coordinates) => ({ coordinates, onSphere: false })),
  lonLatTrajectory.map((coordinates) => ({ coordinates, onSphere: true })),
);
const windowOf = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 20 }));
const shareOf = fc.oneof(
  fc.constant(Number.POSITIVE_INFINITY),
  fc.constant(1),
  fc.double({ min: 0, max: 2, noNaN: true }),
);

describe("the swept kernels ≡ the plain ones, bit for bit", () => {
  it("dtw, with any band and limit", () => {
    fc.assert(
      fc.property(trajectory, trajectory, windowOf, shareOf, (a, b, window, share) => {
        const onSphere = a.onSphere && b.onSphere;
        const points = prepare(a.coordinates, b.coordinates, onSphere);
        const full = plainDtw(points, 0, points, 1, { window, maxDistance: Infinity });
        const maxDistance = share === Infinity ? Infinity : full * share;
        const limits = { window, maxDistance };
        expect(dtwKernel(points, 0, points, 1, limits)).toBe(full <= maxDistance ? full : Infinity);
        expect(plainDtw(points, 0, points, 1, limits)).toBe(full <= maxDistance ? full : Infinity);
      }),
    );
  });

  it("a fresh memory and one that larger trajectories have used", () => {
    const used = warpingKernels()!;
    fc.assert(
      fc.property(planarTrajectory, planarTrajectory, (a, b) => {
        const points = prepare(a, b, false);
        for (const name of ["dtw", "frechet"] as const) {
          const fresh = new WarpingKernels();
          const expected = fresh.run(name, points, 0, points, 1, UNLIMITED);
          // The same rows again are not loaded again.
          expect(fresh.run(name, points, 0, points, 1, UNLIMITED)).toBe(expected);
          expect(used.run(name, points, 0, points, 1, UNLIMITED)).toBe(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("many rows and columns, so that the memory grows", () => {
    const zigzag = (count: number) => Float64Array.from({ length: 2 * count }, (_, i) => Math.sin(i * i));
    const points = prepare(zigzag(5000), zigzag(4001), false);
    const limits = { window: 50, maxDistance: Infinity };
    expect(dtwKernel(points, 0, points, 1, limits)).toBe(plainDtw(points, 0, points, 1, limits));
  });
});

describe("limits of strips", () => {
  it("give the value where every strip's limit leaves room for what its later rows add, else Infinity", () => {
    // Rows (0,0) … (7,0) against the same moved by 3 along y: each row adds exactly 3, in all 24.
    const a = Float64Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
    const b = Float64Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? i / 2 : 3));
    const points = prepare(a, b, false);
    const limits = { window: Infinity, maxDistance: 24 };
    expect(dtwKernel(points, 0, points, 1, limits, Float64Array.of(12, 24))).toBe(24);
    expect(dtwKernel(points, 0, points, 1, limits, Float64Array.of(11.9, 24))).toBe(Infinity);
  });
});

describe("where WebAssembly is refused", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("the plain kernels serve, with the same value", async () => {
    const { dtw, frechet } = await import("../../src/index.js");
    const a = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const b = Float64Array.from({ length: 240 }, (_, i) => Math.cos(i));
    const expected = [dtw(a, b), frechet(a, b)];
    vi.resetModules();
    vi.stubGlobal("WebAssembly", undefined);
    const refused = await import("../../src/index.js");
    const { warpingKernels: none } = await import("../../src/internal/distances/warping.js");
    expect([refused.dtw(a, b), refused.frechet(a, b)]).toEqual(expected);
    expect(none()).toBeUndefined();
  });
});

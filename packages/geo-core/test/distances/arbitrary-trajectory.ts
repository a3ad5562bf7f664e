import fc from "fast-check";

/** Planar trajectories on a small integer lattice: many ties, repeats and exact thresholds. 1 to 80 points. */
export const latticeTrajectory: fc.Arbitrary<Float64Array> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
    minLength: 1,
    maxLength: 80,
  })
  .map((points) => Float64Array.from(points.flat()));

/** Walks in the plane with steps of about 1: consecutive points are near each other, as in real trajectories. */
export const walkTrajectory: fc.Arbitrary<Float64Array> = fc
  .tuple(
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.array(
      fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
      {
        minLength: 1,
        maxLength: 80,
      },
    ),
  )
  .map(([start, steps]) => {
    let x = start;
    let y = -start;
    return Float64Array.from(
      steps.flatMap(([dx, dy]) => {
        x += dx;
        y += dy;
        return [x, y];
      }),
    );
  });

export const planarTrajectory: fc.Arbitrary<Float64Array> = fc.oneof(latticeTrajectory, walkTrajectory);

/** Positions all over the Earth, or within some kilometres of each other. 1 to 40 points. */
export const lonLatTrajectory: fc.Arbitrary<Float64Array> = fc.oneof(
  fc
    .array(
      fc.tuple(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((points) => Float64Array.from(points.flat())),
  fc
    .array(
      fc.tuple(
        fc.double({ min: 116.3, max: 116.4, noNaN: true }),
        fc.double({ min: 39.9, max: 40, noNaN: true }),
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((points) => Float64Array.from(points.flat())),
);

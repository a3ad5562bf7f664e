/** How longitudes are counted; see the option `longitudes`. */
export type LongitudeConvention = "auto" | "180" | "360";

/** How far a longitude may go beyond ±180, as tracks over the antimeridian do, before it is no longitude. */
const MAX_UNWRAPPED = 190;
/** Neighbours farther apart are no track: a stray number is no convention. */
const MAX_STEP = 90;

/** The greatest number that is a longitude in a trajectory: a little more than 180, or 360 where that is the convention. */
export function greatestLongitude(positions: Float64Array, convention: LongitudeConvention): number {
  if (convention === "360") return 360;
  return convention === "auto" && countsTo360(positions) ? 360 : MAX_UNWRAPPED;
}

/** Whether a number can be a longitude. */
export function isUnwrapped(x: number, greatest: number): boolean {
  return x >= -MAX_UNWRAPPED && x <= greatest;
}

/**
 * Whether a trajectory's longitudes count from 0 to 360: none is negative, two or more lie beyond 180 by more than an
 * unwrapped track's do, and neighbours of these are near them on the circle.
 */
function countsTo360(positions: Float64Array): boolean {
  let beyond = 0;
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i]!;
    if (!(x >= 0 && x <= 360)) return false;
    if (x > MAX_UNWRAPPED) beyond++;
    if (i === 0 || Math.max(x, positions[i - 2]!) <= MAX_UNWRAPPED) continue;
    const step = Math.abs(x - positions[i - 2]!);
    if (Math.min(step, 360 - step) > MAX_STEP) return false;
  }
  return beyond >= 2;
}

import { describeJson } from "../foundation/describe-json.js";
import { ShapeError, ValueError } from "../foundation/errors.js";
import { checkArray } from "../foundation/validate.js";

/** The flat columns of trajectories given position by position. */
export interface FlatColumns {
  readonly coordinates: Float64Array;
  readonly offsets: Uint32Array;
  readonly timesMs: Float64Array | undefined;
}

/**
 * Flattens one array of positions a trajectory. Whether coordinates are in range is not looked at.
 *
 * @param trajectories arrays, or other objects with a length, of `[x, y]`, with times of `[x, y, timeMs]`
 * @throws {ShapeError} something that is no array, or a position of another length
 * @throws {ValueError} a value that is no number
 */
export function columnsFromArrays(
  where: string,
  trajectories: ArrayLike<ArrayLike<ArrayLike<number>>>,
  withTimes: boolean,
): FlatColumns {
  checkArray(where, "trajectories", trajectories);
  const width = withTimes ? 3 : 2;
  const offsets = new Uint32Array(trajectories.length + 1);
  for (let i = 0; i < trajectories.length; i++) {
    checkArray(where, `trajectory ${i}`, trajectories[i]!);
    offsets[i + 1] = offsets[i]! + trajectories[i]!.length;
  }
  const pointCount = offsets[trajectories.length]!;
  const coordinates = new Float64Array(2 * pointCount);
  const timesMs = withTimes ? new Float64Array(pointCount) : undefined;
  for (let i = 0, point = 0; i < trajectories.length; i++) {
    const positions = trajectories[i]!;
    for (let j = 0; j < positions.length; j++, point++) {
      const position = checkedPosition(where, i, j, positions[j]!, width);
      coordinates[2 * point] = position[0]!;
      coordinates[2 * point + 1] = position[1]!;
      if (timesMs !== undefined) timesMs[point] = position[2]!;
    }
  }
  return { coordinates, offsets, timesMs };
}

function checkedPosition(
  where: string,
  trajectory: number,
  at: number,
  position: ArrayLike<number>,
  width: number,
): ArrayLike<number> {
  const isArray = typeof position === "object" && position !== null && Number.isSafeInteger(position.length);
  if (!isArray || position.length !== width) {
    throw new ShapeError(
      `${where}: a position of trajectory ${trajectory} must hold ${width} numbers, got ${isArray ? position.length : describeJson(position)}`,
    );
  }
  for (let k = 0; k < width; k++) {
    if (typeof position[k] === "number") continue;
    throw new ValueError(
      `${where}: ${["x", "y", "time"][k]} of position ${at} of trajectory ${trajectory} must be a number, got ${describeJson(position[k])}`,
    );
  }
  return position;
}

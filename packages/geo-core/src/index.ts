export { FormatError, type FormatLocation, ShapeError, StateError, ValueError } from "./errors.js";
export { Random } from "./random.js";
export {
  type CoordinateSystem,
  type Trajectory,
  type TrajectoryColumns,
  TrajectorySet,
  type TrajectorySetOptions,
  type TransferableTrajectorySet,
} from "./trajectory-set.js";
export { TrajectorySetBuilder, type TrajectorySetBuilderOptions } from "./trajectory-set-builder.js";
export {
  checkAllFinite,
  checkFinite,
  checkInRange,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
} from "./validate.js";

/** What every Wayweave package checks and throws with, without readers or geometry beyond a great circle: small to bundle. */
export { checkOptions, type OptionName } from "./foundation/check-options.js";
export { FormatError, type FormatLocation, ShapeError, StateError, ValueError } from "./foundation/errors.js";
export {
  checkAllFinite,
  checkAnswer,
  checkArray,
  checkFinite,
  checkGiven,
  checkInRange,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPlainObject,
  checkPositive,
  checkPositiveInteger,
} from "./foundation/validate.js";
export { EARTH_RADIUS_METERS, haversineMeters } from "./geometry/great-circle.js";
export type { Position } from "./geometry/position.js";

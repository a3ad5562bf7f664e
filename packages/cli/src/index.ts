export { type CutTrips, cutAtGaps, cutNotes, type MaxGap } from "./cut-gaps.js";
export { escapeHtml } from "./escape-html.js";
export { type IdleRule, refuseIdle } from "./idle-options.js";
export { checkPageName, makeFolderOf, type NamedPaths, prepareOutputs, writePage } from "./outputs.js";
export { parseChoice, parseCount, parseNumber, parseWhole } from "./parse.js";
export { isSamePlace } from "./places.js";
export { type ProgressView, progressView } from "./progress.js";
export {
  checkThere,
  cutTrips,
  encodingHint,
  noTrips,
  type ReadTrips,
  readTrips,
  tellColumns,
  tellOneTrip,
  tellSkipped,
  told,
  withAdvice,
  withDistinctIds,
  withFlags,
  withPoints,
  writeSkipReport,
} from "./read-trips.js";
export { rangeHelp } from "./reading-notes.js";
export {
  addReadingOptions,
  givenReadingOptions,
  type ReadingFlags,
  readingOptionNames,
  readingOptions,
} from "./reading-options.js";
export { type OptionNames, runProgram } from "./run-program.js";
export { stoppable } from "./stoppable.js";

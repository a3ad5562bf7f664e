export { escapeHtml } from "./escape-html.js";
export { checkPageName, makeFolderOf, prepareOutputs, writePage } from "./outputs.js";
export { parseChoice, parseCount, parseNumber, parseWhole } from "./parse.js";
export { type ProgressView, progressView } from "./progress.js";
export {
  addReadingOptions,
  checkThere,
  type ReadingFlags,
  type ReadTrips,
  readingOptions,
  readTrips,
  tellSkipped,
  withAdvice,
} from "./read-trips.js";
export { type OptionNames, runProgram } from "./run-program.js";
export { stoppable } from "./stoppable.js";

#!/usr/bin/env node
import { isError } from "@wayweave/geo-core";
import { createProgram } from "./cli/program.js";

try {
  await createProgram().parseAsync();
} catch (error) {
  // A user's mistake is told in a line; what is none keeps its stack.
  const isExpected =
    isError(error) && /^(ValueError|ShapeError|FormatError|StateError|AbortError)$/.test(error.name);
  process.stderr.write(`${isExpected ? `error: ${error.message}` : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

#!/usr/bin/env node
import { createProgram } from "./cli/program.js";

try {
  await createProgram().parseAsync();
} catch (error) {
  // A user's mistake is told in a line; what is none keeps its stack.
  const isExpected =
    error instanceof Error && /^(ValueError|ShapeError|FormatError|StateError|AbortError)$/.test(error.name);
  process.stderr.write(`${isExpected ? `error: ${error.message}` : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

import { isError } from "@wayweave/geo-core";
import type { Command } from "commander";

/** Flags of a command by the names that the libraries' messages have for them: `{ "tokens.maxTokens": "--max-tokens" }`. */
export type OptionNames = Readonly<Record<string, string>>;

/**
 * Runs a command line to its end and sets the process's exit code.
 *
 * A user's mistake is told in a line, in the command's own terms; what is none keeps its stack. A run that is stopped by Ctrl-C ends with 130.
 */
export async function runProgram(program: Command, names: OptionNames = {}): Promise<void> {
  let running: Command | undefined;
  program.hook("preAction", (_, command) => {
    running = command;
  });
  hearStreams();
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`${told(error, running, names)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** What becomes of a run whose output cannot be written. */
function hearStreams(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) closes the pipe, which is no fault.
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`error: standard output: ${error.message}\n`);
    process.exit(1);
  });
  // Progress and notes that nobody can read any more (`2>&1 | head`) are no reason to lose the work.
  process.stderr.on("error", () => {});
}

function exitCodeOf(error: unknown): number {
  if (!isError(error) || error.name !== "AbortError") return 1;
  return "exitCode" in error ? (error.exitCode as number) : 130;
}

const EXPECTED = /^(ValueError|ShapeError|FormatError|StateError)$/;

function told(error: unknown, command: Command | undefined, names: OptionNames): string {
  if (!isError(error)) return `error: ${String(error)}`;
  if (error.name === "AbortError") return error.message;
  // What the system refuses (no such file, no space, no right) has a code and says what it is.
  const isOfSystem = "syscall" in error && "code" in error;
  if (!EXPECTED.test(error.name) && !isOfSystem) return error.stack ?? String(error);
  return `error: ${inTermsOf(error.message, command, names)}`;
}

/**
 * A library's message in the terms of a command: its options instead of the function's.
 *
 * Replaced are the names in `names`, "the option x", and "Function: x must", where the command has an option x.
 */
export function inTermsOf(message: string, command: Command | undefined, names: OptionNames): string {
  const flags = new Map<string, string>();
  for (const option of command?.options ?? []) flags.set(option.attributeName(), option.long ?? option.flags);
  const flagOf = (name: string) => names[name] ?? flags.get(name);
  let text = message
    .replace(/\bthe option (\w+)\b/g, (all, name: string) => flagOf(name) ?? all)
    .replace(FUNCTION_OPTION, (all, name: string) => flagOf(name) ?? all);
  // Longer names first, so that none is replaced within another.
  for (const name of Object.keys(names).sort((a, b) => b.length - a.length)) {
    if (/[A-Z.]/.test(name)) text = text.replace(wholeWord(name), names[name]!);
  }
  return text.replace(FUNCTION_FLAG, "");
}

/** `clusterTrips: k must …`, `TripIndex.nearest: k must …`; a file's name is no function's. */
const FUNCTION_OPTION = /^(?:[a-z]+[A-Z]\w*|[A-Z]\w*(?:\.[a-z]\w*)?): ([A-Za-z]\w*)(?= must)/;
const FUNCTION_FLAG = /^(?:[a-z]+[A-Z0-9]\w*|[A-Z]\w*(?:\.[a-z]\w*)?): (?=--)/;

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\w.-])${name.replaceAll(".", "\\.")}(?![\\w-])`, "g");
}

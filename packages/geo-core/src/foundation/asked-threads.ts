import { ValueError } from "./errors.js";

/**
 * How many threads the environment variable `WAYWEAVE_THREADS` asks for: the default of every option that counts threads or
 * workers. Undefined where it is not set, and where there is no environment (a page).
 *
 * @throws {ValueError} a value that is no positive integer
 */
export function askedThreads(where: string): number | undefined {
  const text = globalThis.process?.env?.WAYWEAVE_THREADS;
  if (text === undefined || text === "") return undefined;
  const threads = Number(text);
  if (!Number.isSafeInteger(threads) || threads <= 0) {
    throw new ValueError(
      `${where}: the environment variable WAYWEAVE_THREADS must be a positive integer, got "${text}"`,
    );
  }
  return threads;
}

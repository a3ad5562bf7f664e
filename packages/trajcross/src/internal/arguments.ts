import { checkGiven, type Random, ValueError } from "@wayweave/geo-core";

/** Requires a `Random`, be it of another copy of geo-core. */
export function checkRandom(where: string, random: Random): void {
  if (typeof (random as Partial<Random> | null | undefined)?.split === "function") return;
  throw new ValueError(`${where}: random must be a Random (new Random(seed)), got ${kindOf(random)}`);
}

/** Requires the name of a file or a folder. */
export function checkPath(where: string, name: string, path: string): void {
  if (typeof path === "string" && path !== "") return;
  throw new ValueError(
    `${where}: ${name} must be a path, got ${path === "" ? "an empty string" : kindOf(path)}`,
  );
}

/** Requires an object that has a function, as a reader, a model or a finder has. */
export function checkHas(where: string, name: string, value: unknown, method: string, kind: string): void {
  checkGiven(where, name, value);
  if (typeof (value as Record<string, unknown>)[method] === "function") return;
  throw new ValueError(`${where}: ${name} must be ${kind}, got an object without ${method}`);
}

/** Requires an `AbortSignal`, be it of another realm, where there is one. */
export function checkSignal(where: string, signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted === "function")
    return;
  throw new ValueError(`${where}: signal must be an AbortSignal, got ${kindOf(signal)}`);
}

/** Requires a function where one is given, as `onProgress` is. */
export function checkCallback(where: string, name: string, callback: unknown): void {
  if (callback === undefined || typeof callback === "function") return;
  throw new ValueError(`${where}: ${name} must be a function, got ${kindOf(callback)}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

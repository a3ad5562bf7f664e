import { ValueError } from "@wayweave/geo-core";

/** @throws {ValueError} a callback that is no function, or a signal that is none */
export function checkCallbacks(where: string, options: object): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined) continue;
    if (/^on[A-Z]/.test(name) && typeof value !== "function") {
      throw new ValueError(`${where}: ${name} must be a function, got ${kindOf(value)}`);
    }
    if (name === "signal" && typeof (value as Partial<AbortSignal> | null)?.throwIfAborted !== "function") {
      throw new ValueError(`${where}: signal must be an AbortSignal, got ${kindOf(value)}`);
    }
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

import { vi } from "vitest";
import { createProgram } from "../src/cli/program.js";

/** What a command says on stdout and stderr. */
export async function run(...args: string[]): Promise<{ out: string; err: string }> {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const said = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text)).join("");
  try {
    await createProgram()
      .exitOverride()
      .parseAsync(["node", "wayweave-e2dtc", ...args]);
    return { out: said(out), err: said(err) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

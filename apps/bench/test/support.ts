import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, vi } from "vitest";
import type { DatasetLocator } from "../src/datasets/locate.js";
import type { AnyExperiment } from "../src/experiments/experiment.js";
import { type RunOptions, runExperiment } from "../src/runner/run-experiment.js";

const tinyCli = fileURLToPath(new URL("./fixtures/tiny-cli.mjs", import.meta.url));
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wayweave-bench-"));
  folders.push(folder);
  return folder;
}

/** Runs an experiment's preset `quick` in this process; without data unless a locator finds some. */
export function runQuick(
  experiment: AnyExperiment,
  out: string,
  {
    locate = async () => undefined,
    ...options
  }: Partial<Omit<RunOptions, "locator">> & Partial<Pick<DatasetLocator, "locate">> = {},
): ReturnType<typeof runExperiment> {
  return runExperiment(experiment, {
    preset: "quick",
    out,
    engine: "auto",
    locator: { locate } as DatasetLocator,
    signal: new AbortController().signal,
    ...options,
  });
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with the tiny experiments in this process: to start one of its own takes a second of loading. */
export async function runTinyCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const { runTiny } = await import("./fixtures/tiny-experiments.mjs");
  const written = { stdout: "", stderr: "" };
  vi.stubEnv("WAYWEAVE_DATA", undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += text.toString();
      return true;
    }),
  );
  try {
    return { code: await runTiny(args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** {@link runTinyCli} as a process of its own. */
export function runTinyProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onOutput?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const { WAYWEAVE_DATA: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [tinyCli, ...args], {
      env: { ...inherited, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      onOutput?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

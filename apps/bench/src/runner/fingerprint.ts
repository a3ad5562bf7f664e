import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { checkoutFolder } from "../datasets/locate.js";
import type { AnyExperiment, PresetName } from "../experiments/experiment.js";

/**
 * A digest of all that decides an experiment's raw outputs except the data: its preset's parameters, the engine that was asked
 * for, the source of the experiment's folder, of the folders it imports from and of the dataset loaders, and the built code of the
 * packages it names and of `eval`.
 * A raw output on disk with another fingerprint is stale and is made again.
 */
export async function fingerprintOf(
  experiment: AnyExperiment,
  preset: PresetName,
  engine: string,
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([experiment.id, preset, experiment.presets[preset], engine]));
  const source = join(checkoutFolder(), "apps", "bench", "src");
  const folders = [
    ...(await withImported(join(source, "experiments", dirname(experiment.id)))),
    join(source, "datasets"),
    ...[...new Set([...experiment.packages, ...always])].map(builtFolder),
  ];
  for (const folder of folders) await addFolder(hash, folder);
  return hash.digest("hex");
}

/** Ranks are made with it, and ranks are raw outputs. */
const always = ["@wayweave/eval"];

/** A folder of experiments, and those beside it that its files import from. */
async function withImported(folder: string): Promise<string[]> {
  const folders = [folder];
  for (const current of folders) {
    for (const file of await sourceFiles(current)) {
      for (const [, name] of (await readFile(file, "utf8")).matchAll(/from "(?:\.\.\/)+([a-z0-9-]+)\//g)) {
        const imported = join(folder, "..", name!);
        if (existsSync(imported) && !folders.includes(imported)) folders.push(imported);
      }
    }
  }
  return folders.sort();
}

/** Where a workspace package's built code lies. */
function builtFolder(name: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${name}/package.json`)), "dist");
}

async function addFolder(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  for (const file of await sourceFiles(folder)) hash.update(await readFile(file));
}

async function sourceFiles(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

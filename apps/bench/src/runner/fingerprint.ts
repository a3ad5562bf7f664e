import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { checkoutFolder } from "../datasets/locate.js";
import type { AnyExperiment, PresetName } from "../experiment.js";

/**
 * A digest of all that decides an experiment's raw outputs except the data: its preset's parameters, the engine that was asked
 * for, the source of the experiment's folder and of the dataset loaders, and the built code of the packages it names.
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
    join(source, "experiments", dirname(experiment.id)),
    join(source, "datasets"),
    ...experiment.packages.map(builtFolder),
  ];
  for (const folder of folders) await addFolder(hash, folder);
  return hash.digest("hex");
}

/** Where a workspace package's built code lies. */
function builtFolder(name: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${name}/package.json`)), "dist");
}

async function addFolder(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(await readFile(file));
}

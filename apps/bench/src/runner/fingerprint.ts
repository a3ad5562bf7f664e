import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { checkoutFolder } from "../datasets/locate.js";
import type { AnyExperiment, PresetName } from "../experiments/experiment.js";

/**
 * A digest of all that decides an experiment's raw outputs except the data: its preset's parameters, the engine that was asked
 * for, and the code that the experiment can reach.
 * A raw output on disk with another fingerprint is stale and is made again.
 */
export async function fingerprintOf(
  experiment: AnyExperiment,
  preset: PresetName,
  engine: string,
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([experiment.id, preset, experiment.presets[preset], engine]));
  hash.update(await codeOf(experiment));
  return hash.digest("hex");
}

const codes = new Map<string, Promise<string>>();

/** `digestOf` an experiment's file, found once a process: what is edited meanwhile is not what runs. */
function codeOf({ id, packages }: AnyExperiment): Promise<string> {
  const known = codes.get(id);
  if (known !== undefined) return known;
  const file = join(checkoutFolder(), "apps", "bench", "src", "experiments", `${id}.ts`);
  const code = digestOf(
    existsSync(file)
      ? { file }
      : { text: packages.map((name, i) => `export * as p${i} from ${JSON.stringify(name)};`).join("\n") },
  );
  codes.set(id, code);
  return code;
}

/**
 * A digest of the code that a module can reach: the module and what it imports from, the workspace's built packages among it,
 * bundled without what nobody calls and without comments; the files of worker threads that this code names; and the
 * weights that the reached packages ship. A change elsewhere in a package does not change it. Packages of the registry are not part of it.
 */
export async function digestOf(entry: Entry): Promise<string> {
  const hash = createHash("sha256");
  const { text, packages } = await reachableCode(entry);
  hash.update(text);
  for (const folder of packages) {
    for (const file of await filesOf(join(folder, "dist"), /worker.*\.js$/)) {
      if (text.includes(basename(file))) hash.update(await digestOfFile(file));
    }
    for (const file of await filesOf(join(folder, "weights"), /\.onnx$/))
      hash.update(await digestOfFile(file));
  }
  return hash.digest("hex");
}

const fileDigests = new Map<string, Promise<string>>();

/** Of what is reached without an import: what a worker's file reaches, or the bytes of weights. */
function digestOfFile(file: string): Promise<string> {
  const compute = async () =>
    createHash("sha256")
      .update(file.endsWith(".js") ? (await reachableCode({ file })).text : await readFile(file))
      .digest("hex");
  const digest = fileDigests.get(file) ?? compute();
  fileDigests.set(file, digest);
  return digest;
}

/** A module: a file, or a text that imports as a file of the bench does. */
export type Entry = { readonly file: string } | { readonly text: string };

/** What a module can reach, in one text; and the folders of the workspace's packages that it comes from. */
export async function reachableCode(
  entry: Entry,
): Promise<{ readonly text: string; readonly packages: string[] }> {
  const root = checkoutFolder();
  const { outputFiles, metafile } = await build({
    ...("file" in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.text, resolveDir: join(root, "apps", "bench"), loader: "ts" } }),
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    minifyWhitespace: true,
    legalComments: "none",
    absWorkingDir: root,
    logLevel: "silent",
    plugins: [registryPackagesOutside],
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const packages = used
    .filter((path) => basename(dirname(path)) === "dist")
    .map((path) => dirname(dirname(join(root, path))));
  const text = withoutContentHashes(outputFiles[0]!.text, Object.keys(metafile.inputs));
  return { text, packages: [...new Set(packages)].sort() };
}

/** Built files are named by what is in them, comments and what is not reached included; bundles name those loaded by `import()`. */
function withoutContentHashes(text: string, files: readonly string[]): string {
  const hashes = files.flatMap((file) => /-([A-Z0-9]{8})\.js$/.exec(file)?.[1] ?? []);
  return hashes.reduce(
    (rest, hash) => rest.replaceAll(new RegExp(`([-_])${hash}(?![A-Z0-9])`, "g"), "$1"),
    text,
  );
}

/** Leaves imports of the registry's packages and of Node's modules as they are written. */
const registryPackagesOutside: Plugin = {
  name: "registry-packages-outside",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@wayweave/") ? undefined : { path, external: true },
    );
  },
};

/** The files of a folder whose names match, sorted; none where there is no folder. */
async function filesOf(folder: string, name: RegExp): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((file) => join(folder, file));
}

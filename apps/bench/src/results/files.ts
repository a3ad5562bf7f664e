import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import { FormatError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import type { z } from "zod";
import { type PresetName, presetNames } from "../experiments/experiment.js";
import { parseRaw, stringifyRaw } from "./raw-codec.js";
import {
  type RawArchive,
  type RawFile,
  type ResultFile,
  rawArchiveSchema,
  rawFileSchema,
  resultFileSchema,
} from "./schema.js";

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** `<out>/<experiment>/<preset>.json` */
export function resultPath(out: string, experiment: string, preset: PresetName): string {
  return join(out, experiment, `${preset}.json`);
}

/** `<out>/<experiment>/<preset>.partial.json`: the rows of a run that has fewer than an earlier one, whose file stays. */
export function partialResultPath(out: string, experiment: string, preset: PresetName): string {
  return join(out, experiment, `${preset}.partial.json`);
}

/** `<preset>.raw.json.br` beside a results file `<preset>.json`: its rows' raw outputs, compressed. */
export function rawArchivePath(path: string): string {
  return path.replace(/\.json$/, ".raw.json.br");
}

/** `<out>/<experiment>/raw/<preset>/<dataset>/<system>/`, the raw outputs of one row. */
export function rawFolder(
  out: string,
  experiment: string,
  preset: PresetName,
  row: { readonly system: string; readonly dataset: string },
): string {
  return join(out, experiment, "raw", preset, slug(row.dataset), slug(row.system));
}

/** Of one seed, in a row's folder. */
export function rawPathIn(folder: string, seed: number): string {
  return join(folder, `seed-${seed}.json`);
}

/** `<out>/<experiment>/raw/<preset>/checkpoints/`, what rows save while they run. */
export function checkpointFolder(out: string, experiment: string, preset: PresetName): string {
  return join(out, experiment, "raw", preset, "checkpoints");
}

/** Lower case letters, digits and dashes: `GeoLife (authors' labels)` → `geolife-authors-labels`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** @throws {FormatError} a result that breaks the contract: nothing is written */
export async function writeResult(path: string, result: ResultFile): Promise<void> {
  await writeText(path, `${JSON.stringify(check(resultFileSchema, result, path), null, 2)}\n`);
}

/** @throws {FormatError} a file that is not JSON or breaks the contract */
export async function readResult(path: string): Promise<ResultFile> {
  return check(resultFileSchema, parseRaw(await readFile(path, "utf8"), path), path);
}

/** A results file with its pictures; what is not there is no error. */
export async function removeResult(path: string): Promise<void> {
  const stem = basename(path, ".json");
  const names = await readdir(dirname(path)).catch(ignoreMissing);
  const pictures = names?.filter((name) => name.startsWith(`${stem}.`) && name.endsWith(".svg")) ?? [];
  for (const name of [basename(path), ...pictures]) await rm(join(dirname(path), name), { force: true });
}

export async function writeRaw(path: string, raw: RawFile): Promise<void> {
  await writeText(path, stringifyRaw(check(rawFileSchema, raw, path)));
}

/** The raw file, or undefined where there is none. @throws {FormatError} a broken one */
export async function readRaw(path: string): Promise<RawFile | undefined> {
  const text = await readFile(path, "utf8").catch(ignoreMissing);
  return text === undefined ? undefined : check(rawFileSchema, parseRaw(text, path), path);
}

/** Compressed by Brotli: labels and ranks of a table are some kilobytes to some hundred. */
export async function writeRawArchive(path: string, archive: RawArchive): Promise<void> {
  const text = stringifyRaw(check(rawArchiveSchema, archive, path));
  const bytes = await compress(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, (write) => write(bytes));
}

/** The archive, or undefined where there is none. @throws {FormatError} a broken one */
export async function readRawArchive(path: string): Promise<RawArchive | undefined> {
  const bytes = await readFile(path).catch(ignoreMissing);
  if (bytes === undefined) return undefined;
  const text = await decompress(bytes, { maxOutputLength: 2 ** 29 }).catch((error: Error) => {
    throw new FormatError(`must be compressed by Brotli: ${error.message}`, { file: path });
  });
  return check(rawArchiveSchema, parseRaw(text.toString("utf8"), path), path);
}

/** Every results file below `out`, sorted: the report's input. */
export async function findResults(out: string): Promise<string[]> {
  const names = new Set(presetNames.map((preset) => `${preset}.json`));
  const found: string[] = [];
  for (const paper of await folders(out)) {
    for (const artefact of await folders(join(out, paper))) {
      const folder = join(out, paper, artefact);
      for (const entry of await readdir(folder)) if (names.has(entry)) found.push(join(folder, entry));
    }
  }
  return found.sort();
}

/** Writes a text so that a reader sees the old file or the new one and never half of one; makes its folder. */
export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, (write) => write(Buffer.from(text)));
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FormatError(`${issue?.path.join(".") || "file"}: ${issue?.message ?? "invalid"}`, { file });
}

async function folders(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** For a promise of what need not be there. @throws any other error */
export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}

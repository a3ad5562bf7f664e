import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import { isSame, linkedFrom, linksOf, type Place, placeOf } from "./places.js";

/** Files or folders by the options or words that messages call them; undefined where an option is not given. */
export type NamedPaths = Readonly<Record<string, string | undefined>>;

/**
 * Checks, before any work, that files can be written: each one's folder, or the nearest one above that is there; and that none would
 * replace what is read, or another of them, or lie in a folder that is read. Nothing is made yet, so that a run that fails leaves nothing
 * behind; {@link makeFolderOf} does it. Places are compared, not their spellings; of a link, what it leads to is written.
 *
 * @param outputs files by their options
 * @param inputs files and folders that are read, by what messages call them
 * @param folders outputs that are folders, by their options
 * @throws {ValueError} a folder that cannot be made or written, a file that is a folder or a device, is read too, or is written twice
 */
export async function prepareOutputs(
  outputs: NamedPaths,
  inputs: NamedPaths = {},
  folders: NamedPaths = {},
): Promise<void> {
  const read = await Promise.all(given(inputs).map(inputOf));
  const written: { readonly name: string; readonly place: Place }[] = [];
  for (const [option, file] of [...given(outputs), ...given(folders)]) {
    const links = await linksOf(file);
    checkNoStream(option, file, links);
    await checkFolder(option, links.at(-1)!);
    await checkKind(option, file, file === folders[option]);
    const place = await placeOfLinked(file, links.at(-1)!);
    for (const input of read) await checkApart(option, file, place, input);
    const other = written.find((each) => isSame(each.place, place));
    if (other !== undefined) throw mustDiffer(option, other.name, file);
    written.push({ name: option, place });
  }
}

function given(paths: NamedPaths): [name: string, file: string][] {
  return Object.entries(paths).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

interface Input {
  readonly name: string;
  readonly file: string;
  readonly place: Place;
  readonly isFolder: boolean;
}

async function inputOf([name, file]: [name: string, file: string]): Promise<Input> {
  return { name, file, place: await placeOf(file), isFolder: await isFolderThere(file) };
}

/** Where a link leads, and all folders on both sides of it. */
async function placeOfLinked(file: string, end: string): Promise<Place> {
  const [place, target] = await Promise.all([placeOf(file), placeOf(end)]);
  return { ...target, folders: new Set([...place.folders, ...target.folders]) };
}

/** Pages and models are no trips and no photos, so that they may lie among them. */
const READ_BY_NOBODY = /\.(html?|onnx)$/i;

function mustDiffer(option: string, other: string, file: string): ValueError {
  return new ValueError(`${option} must be another file than ${other}, got ${file}`);
}

/** @throws {ValueError} an output that is an input, or would be read as one by the next run */
async function checkApart(option: string, file: string, place: Place, input: Input): Promise<void> {
  const { name, file: source, isFolder } = input;
  if (!isFolder) {
    if (isSame(place, input.place)) throw mustDiffer(option, name, file);
    return;
  }
  if (READ_BY_NOBODY.test(file)) return;
  const isInside = isSame(place, input.place) || place.folders.has(input.place.id!);
  // A link in the folder is read as what it leads to.
  if (!isInside && (place.id === undefined || !(await linkedFrom(source)).has(place.id))) return;
  const why =
    place.id === undefined
      ? "what is written into a folder that is read, the next run reads too"
      : isInside
        ? "it is there already, and would be replaced"
        : "a link in that folder leads to it, and it would be replaced";
  const of = name.startsWith("--") ? `which ${name} reads` : `the folder of ${name}`;
  throw new ValueError(`${option} must lie outside of ${source}, ${of}, got ${file}: ${why}`);
}

/** Writes a page; its folder is made where it is not there. */
export async function writePage(file: string, html: string): Promise<void> {
  const target = await makeFolderOf(file);
  await writeAtomically(target, (write) => write(new TextEncoder().encode(html)));
}

/** @throws {ValueError} a file that a page must not replace, since its name is no page's */
export function checkPageName(option: string, file: string | undefined): void {
  if (file === undefined || /\.html?$/i.test(file)) return;
  throw new ValueError(`${option} must end in .html, got ${file}`);
}

/**
 * Makes the folder that a file is about to be written in.
 *
 * @returns where to write: of a link the file that it leads to, so that the link stays
 */
export async function makeFolderOf(file: string): Promise<string> {
  const target = (await linksOf(file)).at(-1)!;
  await mkdir(path.dirname(path.resolve(target)), { recursive: true });
  return target;
}

/** What a process has open: to replace it by a file would print nothing, even where it is one. */
const OPEN_FILE = /^\/(dev\/(std(in|out|err)|fd\/)|proc\/)/;

/** @throws {ValueError} standard output by one of its names */
function checkNoStream(option: string, file: string, links: readonly string[]): void {
  if (!links.some((link) => OPEN_FILE.test(path.resolve(link)))) return;
  throw new ValueError(
    `${option} must be a regular file, since it appears whole or not at all, got ${file}; write a file and print it`,
  );
}

async function checkFolder(option: string, file: string): Promise<void> {
  try {
    const folder = await nearestThere(path.dirname(path.resolve(file)));
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
    await access(folder, constants.W_OK);
  } catch (cause) {
    const why = (cause as { message?: string }).message ?? "";
    throw new ValueError(`${option} must be in a folder that can be written, got ${file} (${why})`, {
      cause,
    });
  }
}

/** @throws {ValueError} a folder where a file is to be, or the other way round; what is neither, and would be replaced */
async function checkKind(option: string, file: string, isFolder: boolean): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || (isFolder ? found.isDirectory() : found.isFile())) return;
  if (!found.isFile() && !found.isDirectory()) {
    const kind = found.isFIFO() ? "pipe" : found.isSocket() ? "socket" : "device";
    const must = isFolder ? "folder" : "regular file";
    throw new ValueError(`${option} must be a ${must}, got the ${kind} ${file}, which would be replaced`);
  }
  throw new ValueError(
    isFolder
      ? `${option} must be a folder, got the file ${file}`
      : `${option} must be a file, got the folder ${file}`,
  );
}

async function isFolderThere(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** The folder, or the nearest one above it that is there. */
async function nearestThere(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  const above = path.dirname(folder);
  return isThere || above === folder ? folder : nearestThere(above);
}

import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";

/**
 * Checks, before any work, that files can be written: each one's folder, or the nearest one above that is there; and that none would
 * replace what is read, or another of them. Nothing is made yet, so that a run that fails leaves nothing behind;
 * {@link makeFolderOf} does it.
 *
 * @param outputs files by their options; undefined where an option is not given
 * @param inputs what is read, by what messages call it
 * @throws {ValueError} a folder that cannot be made or written, a file that is a folder, is read too, or is written twice
 */
export async function prepareOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: Readonly<Record<string, string | undefined>> = {},
): Promise<void> {
  const taken = new Map<string, string>();
  for (const [name, file] of Object.entries(inputs)) {
    if (file !== undefined) taken.set(path.resolve(file), name);
  }
  for (const [option, file] of Object.entries(outputs)) {
    if (file === undefined) continue;
    await checkFile(option, file);
    const full = path.resolve(file);
    const other = taken.get(full);
    if (other !== undefined)
      throw new ValueError(`${option} must be another file than ${other}, got ${file}`);
    taken.set(full, option);
  }
}

/** Writes a page; its folder is made where it is not there. */
export async function writePage(file: string, html: string): Promise<void> {
  await makeFolderOf(file);
  await writeAtomically(file, (write) => write(new TextEncoder().encode(html)));
}

/** @throws {ValueError} a file that a page must not replace, since its name is no page's */
export function checkPageName(option: string, file: string | undefined): void {
  if (file === undefined || /\.html?$/i.test(file)) return;
  throw new ValueError(`${option} must end in .html, got ${file}`);
}

/** Makes the folder that a file is about to be written in. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
}

async function checkFile(option: string, file: string): Promise<void> {
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
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new ValueError(`${option} must be a file, got the folder ${file}`);
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

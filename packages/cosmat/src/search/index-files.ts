import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { encoderSpace, type Modality, modelSpace } from "./common-space.js";
import type { StoredItem, Trees } from "./index-builder.js";
import type { Encoders, IndexParts } from "./index-parts.js";
import type { ItemFailure } from "./items.js";
import type { Attributes, AttributeTypes } from "./where.js";

const FORMAT = "wayweave.geo-multimedia-index";
const VERSION = 2;
const modalities = ["image", "text"] as const;
const files = { info: "index.json", items: "items.jsonl", model: "model.safetensors" } as const;
/** What `wayweave-cosmat index` must know to search, beside the index. */
export const COMMAND_FILE = "command.json";
const treeFile = (modality: Modality) => `${modality}.gmr`;

/** What may be in an index's folder: its own files, and what the command keeps beside them. */
const ownFiles: ReadonlySet<string> = new Set([
  ...Object.values(files),
  ...modalities.map(treeFile),
  COMMAND_FILE,
]);

interface Info {
  readonly format: string;
  readonly version: number;
  readonly encoders: { readonly [M in Modality]?: string };
  readonly trees: readonly Modality[];
  readonly model: boolean;
  readonly items: number;
  readonly attributes: AttributeTypes;
  readonly failures: readonly ItemFailure[];
}

/**
 * Requires a folder that an index may be written to: a new one, an empty one, or one that holds an index. What else is in a folder would be
 * lost.
 *
 * @throws {ValueError} a file, or a folder of other files
 */
export async function checkIndexFolder(where: string, folder: string): Promise<void> {
  const names: readonly string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ValueError(`${where}: folder must be a folder, got ${folder} (${error.message})`, {
      cause: error,
    });
  });
  const foreign = names.filter((name) => !ownFiles.has(name));
  if (names.length > 0 && (foreign.length > 0 || !names.includes(files.info))) {
    throw new ValueError(
      `${where}: folder must be new, empty or an index, since it is replaced; ${folder} holds ${foreign[0] ?? names[0]}`,
    );
  }
}

/** Writes beside the folder first, then takes its place. @throws {ValueError} a folder that holds other files */
export async function saveIndex<Image, Payload>(
  folder: string,
  { encoders, space, items, trees, attributes, failures }: IndexParts<Image, Payload>,
): Promise<void> {
  await checkIndexFolder("GeoMultimediaIndex.save", folder);
  const fresh = `${folder}.${process.pid}.tmp`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    const names = Object.fromEntries(
      modalities.flatMap((modality) =>
        encoders[modality] === undefined ? [] : [[modality, encoders[modality].name]],
      ),
    );
    const kinds = modalities.filter((modality) => trees[modality] !== undefined);
    const info: Info = {
      format: FORMAT,
      version: VERSION,
      encoders: names,
      trees: kinds,
      model: space.model !== undefined,
      items: items.length,
      attributes,
      failures,
    };
    for (const modality of kinds) {
      await writeFile(join(fresh, treeFile(modality)), new Uint8Array(trees[modality]!.toBuffer()));
    }
    if (space.model !== undefined) await space.model.save(join(fresh, files.model));
    await writeItems(join(fresh, files.items), items);
    await writeFile(join(fresh, files.info), `${JSON.stringify(info, null, 2)}\n`);
    await replaceFolder(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** A line an item, written as they are made: all together may be longer than a string can be. */
async function writeItems<Payload>(file: string, items: readonly StoredItem<Payload>[]): Promise<void> {
  const lines = function* () {
    for (const [i, item] of items.entries()) {
      let line: string;
      try {
        line = JSON.stringify(item);
      } catch (cause) {
        const { message } = cause as Error;
        throw new ValueError(
          `GeoMultimediaIndex.save: items[${i}].payload must be what JSON can hold, got ${message}`,
          { cause },
        );
      }
      yield `${line}\n`;
    }
  };
  await writeFile(file, lines());
}

async function replaceFolder(fresh: string, folder: string): Promise<void> {
  const old = `${folder}.${process.pid}.old`;
  const moved = await rename(folder, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  await rename(fresh, folder);
  if (moved) await rm(old, { recursive: true, force: true });
}

/** @throws {FormatError} no index there, or a damaged one @throws {ValueError} other encoders than it was built with */
export async function loadIndex<Image, Payload>(
  folder: string,
  encoders: Encoders<Image>,
): Promise<IndexParts<Image, Payload>> {
  const info = await readInfo(folder);
  for (const modality of modalities) {
    const [built, given] = [info.encoders[modality], encoders[modality]?.name];
    if (built !== undefined && given !== undefined && built !== given) {
      throw new ValueError(
        `GeoMultimediaIndex.load: encoders.${modality} must be ${built}, which the index was built with, got ${given}`,
      );
    }
  }
  const trees: { [M in Modality]?: GmrTree<Attributes> } = {};
  for (const modality of info.trees) {
    trees[modality] = GmrTree.from<Attributes>(await readPart(folder, treeFile(modality)));
  }
  const items = await readItems<Payload>(folder);
  if (items.length !== info.items) {
    throw new FormatError(`must have ${info.items} lines, got ${items.length}`, { file: files.items });
  }
  const model = join(folder, files.model);
  const space = info.model ? modelSpace(await CrossModalModel.load(model)) : encoderSpace;
  const { attributes, failures } = info;
  return { encoders, space, items, trees: trees as Trees, attributes, failures };
}

async function readInfo(folder: string): Promise<Info> {
  const file = `${basename(folder)}/${files.info}`;
  let info: Partial<Info>;
  try {
    info = JSON.parse(await readFile(join(folder, files.info), "utf8")) as Partial<Info>;
  } catch (cause) {
    throw new FormatError("must be the folder of an index that was saved here", { file }, { cause });
  }
  if (
    info.format !== FORMAT ||
    info.version !== VERSION ||
    !Array.isArray(info.trees) ||
    typeof info.encoders !== "object" ||
    info.encoders === null ||
    typeof info.attributes !== "object" ||
    info.attributes === null
  ) {
    const got = info.format === FORMAT ? `, got version ${info.version}: build it again` : "";
    throw new FormatError(`must be an index of version ${VERSION}${got}`, { file });
  }
  return info as Info;
}

async function readPart(folder: string, file: string): Promise<Buffer> {
  return readFile(join(folder, file)).catch((cause: unknown) => {
    throw new FormatError("must be there, as the index was saved", { file }, { cause });
  });
}

async function readItems<Payload>(folder: string): Promise<StoredItem<Payload>[]> {
  const lines = (await readPart(folder, files.items)).toString("utf8").split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as StoredItem<Payload>];
    } catch (cause) {
      throw new FormatError("must be JSON", { file: files.items, line: i + 1 }, { cause });
    }
  });
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FormatError, isError, ValueError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import { GmrTree } from "@wayweave/gmr-tree";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { type CommonSpace, encoderSpace, type Modality, modelSpace } from "./common-space.js";
import type { StoredItem, Trees } from "./index-builder.js";
import {
  checkInfo,
  checkStored,
  checkTogether,
  type IndexInfo,
  isRecord,
  type StoredFile,
} from "./index-checks.js";
import { checkIndexFolder, FORMAT, INFO_FILE, type SavePlace, saveInto } from "./index-folder.js";
import type { Encoders, IndexParts } from "./index-parts.js";
import type { Attributes, AttributeTypes } from "./where.js";

const VERSION = 3;
/** Those that are read. */
const VERSIONS: readonly unknown[] = [2, VERSION];
const modalities = ["image", "text"] as const;
/** Files by what they hold. */
const parts = {
  items: "items.jsonl",
  image: "image.gmr",
  text: "text.gmr",
  model: "model.safetensors",
} as const;

/** Writes the index, whole or not at all. @throws {ValueError} a folder that holds other files, a payload that JSON cannot hold */
export async function saveIndex<Image, Payload>(
  folder: string,
  { encoders, space, items, trees, attributes, failures }: IndexParts<Image, Payload>,
): Promise<void> {
  await checkIndexFolder("GeoMultimediaIndex.save", folder);
  const kinds = modalities.filter((modality) => trees[modality] !== undefined);
  const names = modalities.flatMap((modality) =>
    encoders[modality] === undefined ? [] : [[modality, encoders[modality].name]],
  );
  await saveInto(folder, async (place) => {
    const files: Record<string, StoredFile> = {};
    for (const modality of kinds) {
      files[modality] = await writePart(place, modality, [new Uint8Array(trees[modality]!.toBuffer())]);
    }
    if (space.model !== undefined) files.model = await writeModel(place, space.model);
    files.items = await writePart(place, "items", linesOf(items));
    const info: IndexInfo = {
      format: FORMAT,
      version: VERSION,
      encoders: Object.fromEntries(names),
      trees: kinds,
      model: space.model !== undefined,
      items: items.length,
      attributes,
      failures,
      files,
    };
    return {
      info: `${JSON.stringify(info, null, 2)}\n`,
      names: Object.values(files).map(({ name }) => name),
    };
  });
}

async function writePart(
  { folder, nameOf }: SavePlace,
  part: keyof typeof parts,
  chunks: Iterable<Uint8Array>,
): Promise<StoredFile> {
  const name = nameOf(parts[part]);
  const hash = createHash("sha256");
  await writeAtomically(join(folder, name), async (write) => {
    for (const chunk of chunks) {
      hash.update(chunk);
      await write(chunk);
    }
  });
  return { name, sha256: hash.digest("hex") };
}

async function writeModel({ folder, nameOf }: SavePlace, model: CrossModalModel): Promise<StoredFile> {
  const name = nameOf(parts.model);
  await model.save(join(folder, name));
  return { name, sha256: sumOf(await readFile(join(folder, name))) };
}

const CHUNK_CHARACTERS = 1 << 18;

/** A line an item, written as they are made: all together may be longer than a string can be. */
function* linesOf<Payload>(items: readonly StoredItem<Payload>[]): Generator<Uint8Array, void> {
  let text = "";
  for (const [i, item] of items.entries()) {
    try {
      text += `${JSON.stringify(item)}\n`;
    } catch (cause) {
      const { message } = cause as Error;
      throw new ValueError(
        `GeoMultimediaIndex.save: items[${i}].payload must be what JSON can hold, got ${message}`,
        { cause },
      );
    }
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text, "utf8");
    text = "";
  }
  yield Buffer.from(text, "utf8");
}

/** @throws {FormatError} no index there, or a damaged one @throws {ValueError} other encoders than it was built with */
export async function loadIndex<Image, Payload>(
  folder: string,
  encoders: Encoders<Image>,
): Promise<IndexParts<Image, Payload>> {
  const text = await readInfoText(folder);
  try {
    return await loadParts<Image, Payload>(folder, text, encoders);
  } catch (error) {
    // An index that is saved there meanwhile takes the files of this one away.
    const now = await readInfoText(folder).catch(() => text);
    if (now === text) throw error;
    return loadIndex<Image, Payload>(folder, encoders);
  }
}

async function loadParts<Image, Payload>(
  folder: string,
  text: string,
  encoders: Encoders<Image>,
): Promise<IndexParts<Image, Payload>> {
  const info = parseInfo(text, labelOf(folder, INFO_FILE));
  for (const modality of modalities) {
    const [built, given] = [info.encoders[modality], encoders[modality]?.name];
    if (built !== undefined && given !== undefined && built !== given) {
      throw new ValueError(
        `GeoMultimediaIndex.load: encoders.${modality} must be ${built}, which the index was built with, got ${given}`,
      );
    }
  }
  const reader = new PartReader(folder, info);
  const trees: { [M in Modality]?: GmrTree<Attributes> } = {};
  for (const modality of info.trees) trees[modality] = await reader.tree(modality);
  const items = await reader.items<Payload>(info.items, info.attributes);
  checkTogether(items, trees, info.attributes, {
    files: reader.labels,
    withPlaces: info.files === undefined,
  });
  const space = info.model ? await reader.space(trees) : encoderSpace;
  const { attributes, failures } = info;
  return { encoders, space, items, trees: trees as Trees, attributes, failures };
}

/** How messages call a file of an index. */
function labelOf(folder: string, file: string): string {
  return `${basename(resolve(folder))}/${file}`;
}

async function readInfoText(folder: string): Promise<string> {
  return readFile(join(folder, INFO_FILE), "utf8").catch((cause: unknown) => {
    const file = labelOf(folder, INFO_FILE);
    throw new FormatError("must be the folder of an index that was saved here", { file }, { cause });
  });
}

function parseInfo(text: string, file: string): IndexInfo {
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch (cause) {
    throw new FormatError("must be the folder of an index that was saved here", { file }, { cause });
  }
  const { format, version } = isRecord(info) ? info : {};
  if (format !== FORMAT || !VERSIONS.includes(version)) {
    const got = format === FORMAT ? `, got version ${JSON.stringify(version)}: build it again` : "";
    throw new FormatError(`must be an index of version ${VERSION}${got}`, { file });
  }
  return checkInfo(info as Partial<IndexInfo>, file);
}

/** Reads the files that belong to an index, and says which one is damaged. */
class PartReader {
  readonly #folder: string;
  readonly #files: IndexInfo["files"];

  constructor(folder: string, { files }: IndexInfo) {
    this.#folder = folder;
    this.#files = files;
  }

  /** How messages call the files. */
  get labels(): Readonly<Record<string, string>> {
    const names = (Object.keys(parts) as (keyof typeof parts)[]).map((part) => [part, this.#labelOf(part)]);
    return { ...Object.fromEntries(names), info: labelOf(this.#folder, INFO_FILE) };
  }

  async tree(modality: Modality): Promise<GmrTree<Attributes>> {
    const bytes = await this.#read(modality);
    this.#checkSum(modality, bytes);
    try {
      return GmrTree.from<Attributes>(bytes);
    } catch (cause) {
      throw this.#damaged(modality, cause);
    }
  }

  async items<Payload>(count: number, types: AttributeTypes): Promise<StoredItem<Payload>[]> {
    const bytes = await this.#read("items");
    const file = this.#labelOf("items");
    const items = [...lines(bytes)].map((text, i) => {
      const place = { file, line: i + 1 };
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        throw new FormatError("must be JSON", place, { cause });
      }
      return checkStored<Payload>(value, types, place);
    });
    if (items.length !== count)
      throw new FormatError(`must have ${count} lines, got ${items.length}`, { file });
    this.#checkSum("items", bytes);
    return items;
  }

  /** The model's space. @throws {FormatError} a model of another index */
  async space(trees: Trees): Promise<CommonSpace> {
    this.#checkSum("model", await this.#read("model"));
    const model = await CrossModalModel.load(join(this.#folder, this.#nameOf("model"))).catch(
      (cause: unknown) => {
        throw this.#damaged("model", cause);
      },
    );
    const [modality, tree] = Object.entries(trees)[0]!;
    if (model.dimensions !== tree.dimensions) {
      const file = this.#labelOf("model");
      throw new FormatError(
        `must make vectors of ${tree.dimensions} entries, as in ${this.#labelOf(modality as Modality)}, got ${model.dimensions}`,
        { file },
      );
    }
    return modelSpace(model);
  }

  #nameOf(part: keyof typeof parts): string {
    return this.#files?.[part]?.name ?? parts[part];
  }

  #labelOf(part: keyof typeof parts): string {
    return labelOf(this.#folder, this.#nameOf(part));
  }

  async #read(part: keyof typeof parts): Promise<Buffer> {
    return readFile(join(this.#folder, this.#nameOf(part))).catch((cause: unknown) => {
      throw new FormatError(
        "must be there, as the index was saved",
        { file: this.#labelOf(part) },
        { cause },
      );
    });
  }

  #checkSum(part: keyof typeof parts, bytes: Uint8Array): void {
    const sum = this.#files?.[part]?.sha256;
    if (sum === undefined || sum === sumOf(bytes)) return;
    throw new FormatError("must be as it was saved, got other contents: build the index again", {
      file: this.#labelOf(part),
    });
  }

  #damaged(part: keyof typeof parts, cause: unknown): FormatError {
    const why = isError(cause) ? cause.message : String(cause);
    return new FormatError(`must be whole: ${why}`, { file: this.#labelOf(part) }, { cause });
  }
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Lines that are not empty; all together may be longer than a string can be. */
function* lines(bytes: Buffer): Generator<string, void> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    if (stop > start) yield bytes.toString("utf8", start, stop);
    start = stop + 1;
  }
}

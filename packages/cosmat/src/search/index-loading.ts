import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { FormatError, isError, ValueError } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { CrossModalModel } from "../model/cross-modal-model.js";
import { type CommonSpace, encoderSpace, type Modality, modelSpace } from "./common-space.js";
import type { StoredItem, Trees } from "./index-builder.js";
import { checkInfo, checkStored, checkTogether, type IndexInfo, isRecord } from "./index-checks.js";
import { FORMAT, fileOf, files, modalities, type Part, VERSION } from "./index-files.js";
import type { Encoders, IndexParts } from "./index-parts.js";
import type { Attributes, AttributeTypes } from "./where.js";

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
  const info = parseInfo(text, labelOf(folder, files.info));
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
  return `${basename(folder)}/${file}`;
}

async function readInfoText(folder: string): Promise<string> {
  return readFile(join(folder, files.info), "utf8").catch((cause: unknown) => {
    const file = labelOf(folder, files.info);
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
  if (format !== FORMAT || (version !== VERSION && version !== 2)) {
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
    const names = (["items", ...modalities] as const).map((part) => [part, this.#labelOf(part)]);
    return { ...Object.fromEntries(names), info: labelOf(this.#folder, files.info) };
  }

  async tree(modality: Modality): Promise<GmrTree<Attributes>> {
    const bytes = await this.#read(modality);
    await this.#checkSum(modality, bytes);
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
    await this.#checkSum("items", bytes);
    return items;
  }

  /** The model's space. @throws {FormatError} a model of another index */
  async space(trees: Trees): Promise<CommonSpace> {
    await this.#checkSum("model", await this.#read("model"));
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

  #nameOf(part: Part): string {
    return this.#files?.[part]?.name ?? fileOf(part);
  }

  #labelOf(part: Part): string {
    return labelOf(this.#folder, this.#nameOf(part));
  }

  async #read(part: Part): Promise<Buffer> {
    return readFile(join(this.#folder, this.#nameOf(part))).catch((cause: unknown) => {
      throw new FormatError(
        "must be there, as the index was saved",
        { file: this.#labelOf(part) },
        { cause },
      );
    });
  }

  async #checkSum(part: Part, bytes: Uint8Array): Promise<void> {
    const sum = this.#files?.[part]?.sha256;
    if (sum === undefined) return;
    const { sumOf } = await import("./index-folder.js");
    if (sumOf(bytes) === sum) return;
    throw new FormatError("must be as it was saved, got other contents: build the index again", {
      file: this.#labelOf(part),
    });
  }

  #damaged(part: Part, cause: unknown): FormatError {
    const why = isError(cause) ? cause.message : String(cause);
    return new FormatError(`must be whole: ${why}`, { file: this.#labelOf(part) }, { cause });
  }
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

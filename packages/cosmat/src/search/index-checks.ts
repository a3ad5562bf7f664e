import { FormatError, isError } from "@wayweave/geo-core";
import type { GmrTree } from "@wayweave/gmr-tree";
import type { Modality } from "./common-space.js";
import type { StoredItem, Trees } from "./index-builder.js";
import type { ItemFailure } from "./items.js";
import type { Attributes, AttributeTypes } from "./where.js";

/** A file of an index. */
export interface StoredFile {
  readonly name: string;
  /** Of the whole file, as hexadecimal digits. Missing before version 3. */
  readonly sha256?: string;
}

/** What an index's first file says. */
export interface IndexInfo {
  readonly format: string;
  readonly version: number;
  readonly encoders: { readonly [M in Modality]?: string };
  readonly trees: readonly Modality[];
  readonly model: boolean;
  readonly items: number;
  readonly attributes: AttributeTypes;
  readonly failures: readonly ItemFailure[];
  /** By what they hold. Missing before version 3, when they had the same names in every index. */
  readonly files?: Readonly<Record<string, StoredFile>>;
}

const MODALITIES = ["image", "text"];
const TYPES = ["category", "number", "boolean"];

/** @throws {FormatError} a field that is missing or of another kind, which the message names */
export function checkInfo(info: Partial<IndexInfo>, file: string): IndexInfo {
  const { encoders, trees, model, items, attributes, failures, files } = info;
  const must = (field: string, text: string, holds: boolean) => {
    if (!holds) throw new FormatError(`${field} must be ${text}, as the index was saved`, { file });
  };
  must(
    "encoders",
    "names by image and text",
    isRecord(encoders) &&
      Object.entries(encoders).every(([key, name]) => MODALITIES.includes(key) && typeof name === "string"),
  );
  must(
    "trees",
    "image, text or both",
    Array.isArray(trees) &&
      trees.length > 0 &&
      trees.every((one, i) => MODALITIES.includes(one) && trees.indexOf(one) === i),
  );
  must("model", "true or false", typeof model === "boolean");
  must("items", "a number of items", isCount(items));
  must(
    "attributes",
    "types by attributes",
    isRecord(attributes) && Object.values(attributes).every((type) => TYPES.includes(type)),
  );
  must(
    "failures",
    "a list of items with reasons",
    Array.isArray(failures) &&
      failures.every((one) => isRecord(one) && isCount(one.item) && typeof one.reason === "string"),
  );
  const needed = ["items", ...(trees ?? []), ...(model ? ["model"] : [])];
  must(
    "files",
    `names and sums of ${needed.join(", ")}`,
    files === undefined ? info.version === 2 : isRecord(files) && needed.every((part) => isFile(files[part])),
  );
  return info as IndexInfo;
}

/** A line of the items. @throws {FormatError} no item of this index */
export function checkStored<Payload>(
  value: unknown,
  types: AttributeTypes,
  place: { readonly file: string; readonly line: number },
): StoredItem<Payload> {
  if (!isRecord(value)) throw new FormatError("must be an item", place);
  const { position, attributes } = value;
  if (!isPosition(position)) {
    throw new FormatError("position must be a longitude and a latitude", place);
  }
  if (attributes !== undefined) {
    if (!isRecord(attributes)) throw new FormatError("attributes must be values by their names", place);
    for (const [name, given] of Object.entries(attributes)) {
      const type = Object.hasOwn(types, name) ? types[name] : undefined;
      const own = typeof given === "string" ? "category" : typeof given;
      if (type !== own) {
        throw new FormatError(`attributes.${name} must be ${type ?? "left out"}, got ${own}`, place);
      }
    }
  }
  return value as unknown as StoredItem<Payload>;
}

/**
 * Checks items and trees, which are files of their own, against each other.
 *
 * @param withPlaces whether places are compared too: not needed where sums of the files have been
 * @throws {FormatError} files of several indexes
 */
export function checkTogether(
  items: readonly StoredItem<unknown>[],
  trees: Trees,
  types: AttributeTypes,
  { files, withPlaces }: { readonly files: Readonly<Record<string, string>>; readonly withPlaces: boolean },
): void {
  const found = new Uint8Array(items.length);
  for (const [modality, tree] of Object.entries(trees)) {
    const file = files[modality]!;
    const count = items.reduce((sum, item, id) => {
      if (!tree.has(id)) return sum;
      found[id] = 1;
      if (withPlaces && !hasSamePlace(tree.get(id)!.position, item.position)) {
        throw new FormatError(`must have the place that item ${id} has in ${file}`, {
          file: files.items!,
          line: id + 1,
        });
      }
      return sum + 1;
    }, 0);
    if (count !== tree.size) {
      throw new FormatError(`must hold items of the index alone, got ${tree.size - count} others`, { file });
    }
    checkAttributes(tree, types, file, files.info!);
  }
  const missing = found.indexOf(0);
  if (missing >= 0) {
    const line = missing + 1;
    throw new FormatError("must be in a tree of the index, got an item of none", {
      file: files.items!,
      line,
    });
  }
}

/** @throws {FormatError} attributes that the tree has not, or has of another type */
function checkAttributes(tree: GmrTree<Attributes>, types: AttributeTypes, file: string, info: string): void {
  for (const [name, type] of Object.entries(types)) {
    const condition = type === "category" ? { in: [""] } : type === "number" ? { min: 0 } : true;
    try {
      tree.search({
        position: [0, 0],
        vector: new Float32Array(tree.dimensions).fill(1),
        k: 1,
        mu: 1,
        where: Object.fromEntries([[name, condition]]) as never,
      });
    } catch (cause) {
      const why = isError(cause) ? cause.message : String(cause);
      throw new FormatError(`attributes.${name} must be as in ${file}: ${why}`, { file: info }, { cause });
    }
  }
}

function hasSamePlace(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function isPosition(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [lon, lat] = value as [unknown, unknown];
  return typeof lon === "number" && Math.abs(lon) <= 180 && typeof lat === "number" && Math.abs(lat) <= 90;
}

function isFile(value: unknown): boolean {
  // A name alone: what a file says must not lead out of its folder.
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    /^[\w.-]+$/.test(value.name) &&
    typeof value.sha256 === "string"
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

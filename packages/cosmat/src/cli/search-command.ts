import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { checkPageName, prepareOutputs, writePage } from "@wayweave/cli";
import { FormatError, type Position, ValueError } from "@wayweave/geo-core";
import { openImageEncoder, openTextEncoder } from "../encoders/open-encoder.js";
import type { Modality } from "../search/common-space.js";
import { GeoMultimediaIndex, type IndexHit } from "../search/geo-multimedia-index.js";
import { COMMAND_FILE } from "../search/index-files.js";
import type { Where } from "../search/where.js";
import { contactSheet } from "./contact-sheet.js";
import type { CommandInfo } from "./index-command.js";
import type { PhotoPayload } from "./photo-items.js";

export interface SearchFlags {
  readonly text?: string;
  readonly image?: string;
  readonly near: string;
  readonly k: string;
  readonly mu: string;
  readonly target: Modality;
  readonly where?: string;
  readonly html?: string;
  readonly json?: true;
  readonly encoders: string;
}

/** `search`: the best photos, as lines, JSON or a contact sheet. */
export async function searchIndex(folder: string, flags: SearchFlags): Promise<void> {
  const { text, image } = flags;
  if ((text === undefined) === (image === undefined)) {
    throw new ValueError(
      `search: one of --text and --image must be given, got ${text === undefined ? "neither" : "both"}`,
    );
  }
  checkPageName("--html", flags.html);
  await prepareOutputs({ "--html": flags.html }, { "--image": image });
  const position = positionOf(flags.near);
  const info = await readInfo(folder);
  const archive = { folder: flags.encoders };
  if (text !== undefined && info.textEncoder === "none") {
    throw new ValueError("search: the index has no texts, so --image must be given, got --text");
  }
  const encoder =
    text !== undefined
      ? { text: await openTextEncoder(info.textEncoder as "minilm", archive) }
      : { image: await openImageEncoder(info.imageEncoder, archive) };
  try {
    const index = await GeoMultimediaIndex.load<string, PhotoPayload>(folder, { encoders: encoder });
    const common = {
      position,
      k: numberOf("--k", flags.k),
      mu: numberOf("--mu", flags.mu),
      target: flags.target,
      ...(flags.where === undefined ? {} : { where: whereOf(flags.where) }),
    };
    const hits = await index.search(text !== undefined ? { ...common, text } : { ...common, image: image! });
    if (flags.html !== undefined) {
      const title = text ?? basename(image!);
      const page = await contactSheet({ title, position, hits, photos: info.photos });
      await writePage(flags.html, page);
      process.stderr.write(`${flags.html}: ${hits.length} photos\n`);
    }
    process.stdout.write(flags.json ? `${JSON.stringify(hits)}\n` : hits.map(lineOf).join(""));
  } finally {
    await Promise.all(Object.values(encoder).map((one) => one.dispose()));
  }
}

function lineOf({ score, distanceMeters, similarity, payload }: IndexHit<PhotoPayload>, i: number): string {
  const distance =
    distanceMeters < 1000 ? `${distanceMeters.toFixed(0)} m` : `${(distanceMeters / 1000).toFixed(1)} km`;
  return `${i + 1}\t${score.toFixed(3)}\t${distance}\t${similarity.toFixed(3)}\t${payload?.file ?? ""}\n`;
}

function positionOf(near: string): Position {
  const parts = near.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (parts.length !== 2 || !parts.every(Number.isFinite)) {
    throw new ValueError(`search: --near must be longitude,latitude, got "${near}"`);
  }
  return [parts[0]!, parts[1]!];
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
  try {
    return JSON.parse(await readFile(join(folder, COMMAND_FILE), "utf8")) as CommandInfo;
  } catch (cause) {
    throw new FormatError("must be the folder that `wayweave-cosmat index` wrote", { file }, { cause });
  }
}

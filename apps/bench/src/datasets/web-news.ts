import { basename, dirname, extname } from "node:path";
import { buffer } from "node:stream/consumers";
import { FormatError, Random } from "@wayweave/geo-core";
import { openPromise } from "yauzl";
import type { LoadedData, RunContext } from "../experiment.js";
import type { LocatedDataset } from "./catalogue.js";

/** Photos with their texts, and a class each. */
export interface RawPairs {
  /** The files' bytes. */
  readonly images: readonly Uint8Array[];
  readonly texts: readonly string[];
  /** Class numbers from 0. */
  readonly labels: Uint32Array;
}

/** News texts with photos, in the set's own split; `locale` is the texts' language. */
export interface WebNews extends LoadedData {
  readonly locale: string;
  readonly train: RawPairs;
  readonly test: RawPairs;
}

const name = "web-news";
const CLASSES = 10;

/** The first pairs of each part of the set; made-up ones of ten classes where it is not found. */
export function loadWebNews(
  context: RunContext,
  size: { readonly train: number; readonly test: number },
): Promise<WebNews> {
  return context.load("web-news", `${size.train} + ${size.test}`, async (located) =>
    located === undefined ? syntheticWebNews() : read(located, size),
  );
}

async function read(
  { paths, files, sha256 }: LocatedDataset,
  size: { readonly train: number; readonly test: number },
): Promise<WebNews> {
  const archive = paths[0]!;
  const entries = await readEntries(archive);
  const classes = textOf(entries, "categories.list", archive).trim().split(/\r?\n/);
  const counts: Record<string, number> = {};
  const part = (list: string, wanted: number, title: string): RawPairs => {
    const lines = textOf(entries, list, archive)
      .split(/\r?\n/)
      .filter((line) => line !== "");
    const images: Uint8Array[] = [];
    const texts: string[] = [];
    const labels: number[] = [];
    let missing = 0;
    for (const line of lines.slice(0, wanted)) {
      const [text, image, label] = line.split("\t") as [string, string, string];
      // By folder: a few names stand in two classes' folders.
      const bytes = entries.get(`${classes[Number(label) - 1]}/${image}.jpg`);
      const words = entries.get(`${text}.txt`);
      if (bytes === undefined || words === undefined) {
        missing++;
        continue;
      }
      images.push(bytes);
      texts.push(words.toString("utf8"));
      labels.push(Number(label) - 1);
    }
    counts[`${title} pairs`] = labels.length;
    if (missing > 0) counts[`skipped: ${title} pairs without a file`] = missing;
    return { images, texts, labels: Uint32Array.from(labels) };
  };
  const train = part("trainset_txt_img_cat.list", size.train, "training");
  const test = part("testset_txt_img_cat.list", size.test, "test");
  return { locale: "zh", train, test, provenance: { name, source: "real", files, sha256, counts } };
}

/** All files of a zip by their base names, and by folder and base name. */
async function readEntries(archive: string): Promise<Map<string, Buffer>> {
  const zip = await openPromise(archive, { autoClose: false }).catch((cause: unknown) => {
    throw new FormatError("must be a zip", { file: basename(archive) }, { cause });
  });
  zip.on("error", () => {}); // reported by the iterator
  try {
    const entries = new Map<string, Buffer>();
    for await (const entry of zip.eachEntry()) {
      if (extname(entry.fileName) === "") continue;
      const bytes = await buffer(await zip.openReadStreamPromise(entry));
      const folder = basename(dirname(entry.fileName));
      entries.set(basename(entry.fileName), bytes).set(`${folder}/${basename(entry.fileName)}`, bytes);
    }
    return entries;
  } finally {
    zip.close();
  }
}

function textOf(entries: Map<string, Buffer>, file: string, archive: string): string {
  const bytes = entries.get(file);
  if (bytes === undefined) throw new FormatError(`must hold ${file}`, { file: basename(archive) });
  return bytes.toString("utf8");
}

/** Pictures of ten colours and stripe widths, and texts of ten vocabularies. */
function syntheticWebNews(): WebNews {
  const random = new Random(1).split("web-news");
  const part = (n: number): RawPairs => {
    const labels = Uint32Array.from({ length: n }, () => random.integer(CLASSES));
    return {
      images: Array.from(labels, (label) => stripes(random, label)),
      texts: Array.from(labels, (label) =>
        Array.from({ length: 30 }, () => {
          const topic = random.next() < 0.6 ? label : random.integer(CLASSES);
          return `${"abcdefghij"[topic]}${"aeiou"[random.integer(5)]}${"klmnp"[random.integer(5)]}o`;
        }).join(" "),
      ),
      labels,
    };
  };
  const [train, test] = [part(120), part(60)];
  const counts = { "training pairs": 120, "test pairs": 60 };
  return {
    locale: "en",
    train,
    test,
    provenance: { name, source: "synthetic", files: [], sha256: [], counts },
  };
}

/** An SVG of 64 × 64: stripes whose width, angle and colour belong to the class, and grey squares that belong to none. */
function stripes(random: Random, label: number): Uint8Array {
  const channel = (bit: number) => (60 + 160 * ((label >> bit) & 1) + 30 * random.next()).toFixed(0);
  const color = `rgb(${channel(0)},${channel(1)},${channel(2)})`;
  const width = 3 + label / 2;
  const lines = Array.from({ length: 24 }, (_, i) => {
    const x = (2 * i - 24) * width + random.next();
    return `<rect x="${x}" y="-64" width="${width}" height="192" fill="${color}"/>`;
  });
  const squares = Array.from(
    { length: 6 },
    () => `<rect x="${random.integer(60)}" y="${random.integer(60)}" width="5" height="5" fill="gray"/>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="white"/><g transform="rotate(${18 * label} 32 32)">${lines.join("")}</g>${squares.join("")}</svg>`,
  );
}

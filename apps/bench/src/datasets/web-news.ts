import type { RunContext } from "../experiments/experiment.js";
import type { LocatedDataset } from "./catalogue.js";
import { type RawCorpus, type RawPairs, syntheticCorpus } from "./raw-pairs.js";
import { readEntries, textEntry } from "./zip-entries.js";

const name = "web-news";
const classNames = [
  "culture",
  "ecology",
  "economy",
  "education",
  "international",
  "defence",
  "livelihood",
  "politics",
  "technology",
  "sports",
];

/**
 * Pairs of each part of the set's own split, taken at equal distances from its lists, which are not shuffled; made-up ones of ten
 * classes where the set is not found.
 */
export function loadWebNews(
  context: RunContext,
  size: { readonly train: number; readonly test: number },
): Promise<RawCorpus> {
  return context.load("web-news", `${size.train} + ${size.test}`, async (located) =>
    located === undefined ? syntheticCorpus(name, classNames, { train: 120, test: 60 }) : read(located, size),
  );
}

async function read(
  { paths, files, sha256 }: LocatedDataset,
  size: { readonly train: number; readonly test: number },
): Promise<RawCorpus> {
  const archive = paths[0]!;
  const entries = await readEntries(archive);
  const folders = textEntry(entries, "categories.list", archive).trim().split(/\r?\n/);
  const counts: Record<string, number> = {};
  const part = (list: string, wanted: number, title: string): RawPairs => {
    const lines = textEntry(entries, list, archive)
      .split(/\r?\n/)
      .filter((line) => line !== "");
    const images: Uint8Array[] = [];
    const texts: string[] = [];
    const labels: number[] = [];
    let missing = 0;
    const taken = Math.min(wanted, lines.length);
    for (let i = 0; i < taken; i++) {
      const line = lines[Math.floor((i * lines.length) / taken)]!;
      const [text, image, label] = line.split("\t") as [string, string, string];
      // By folder: a few names stand in two classes' folders.
      const bytes = entries.get(`${folders[Number(label) - 1]}/${image}.jpg`);
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
  const provenance = { name, source: "real", files, sha256, counts } as const;
  return { locale: "zh", classes: classNames, train, test, provenance };
}

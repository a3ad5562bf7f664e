import { FormatError, Random } from "@wayweave/geo-core";
import type { RunContext } from "../experiments/experiment.js";
import type { LocatedDataset } from "./catalogue.js";
import { type RawCorpus, type RawPairs, syntheticCorpus } from "./raw-pairs.js";
import sentences from "./tiny-imagenet-texts.json" with { type: "json" };
import { readEntries, textEntry } from "./zip-entries.js";

const name = "tiny-imagenet";
/** Of a class's sentences, the first so many are for training texts, the rest for test texts. */
const TRAINING_SENTENCES = 5;
const SENTENCES_A_TEXT = 2;

/**
 * Photos of 64 × 64 pixels of 20 ImageNet classes, the first of each class for training, the next for testing. ImageNet has no
 * texts: each photo gets two sentences about its class, drawn from `tiny-imagenet-texts.json`, which was written for this
 * bench; test texts share no sentence with training texts.
 *
 * @param size photos of each class
 */
export function loadTinyImageNet(
  context: RunContext,
  size: { readonly train: number; readonly test: number },
): Promise<RawCorpus> {
  return context.load("tiny-imagenet", `${size.train} + ${size.test} a class`, async (located) => {
    const classes = Object.keys(sentences);
    if (located !== undefined) return read(located, size);
    return syntheticCorpus(name, classes, { train: 200, test: 100 });
  });
}

async function read(
  { paths, files, sha256 }: LocatedDataset,
  size: { readonly train: number; readonly test: number },
): Promise<RawCorpus> {
  const archive = paths[0]!;
  const entries = await readEntries(archive);
  const classes = textEntry(entries, "classes.tsv", archive)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split("\t") as [synset: string, names: string]);
  const photos = classes.map(([synset]) => photosOf(entries, synset, size.train + size.test, files[0]!));
  const part = (title: "training" | "test", from: number, count: number): RawPairs => {
    const random = new Random(1).split(`${title} texts`);
    const images: Uint8Array[] = [];
    const texts: string[] = [];
    const labels: number[] = [];
    for (let i = from; i < from + count; i++) {
      classes.forEach(([synset], label) => {
        images.push(photos[label]![i]!);
        texts.push(drawText(random, synset, title));
        labels.push(label);
      });
    }
    return { images, texts, labels: Uint32Array.from(labels) };
  };
  const train = part("training", 0, size.train);
  const test = part("test", size.train, size.test);
  const counts = { "training pairs": train.labels.length, "test pairs": test.labels.length };
  return {
    locale: "en",
    classes: classes.map(([, names]) => names.split(",", 1)[0]!),
    train,
    test,
    provenance: { name, source: "real", files, sha256, counts },
  };
}

/** The first photos of a class, by the number in their names. */
function photosOf(
  entries: ReadonlyMap<string, Buffer>,
  synset: string,
  count: number,
  archive: string,
): readonly Buffer[] {
  const numberOf = (path: string) => Number(/_(\d+)\.JPEG$/.exec(path)?.[1]);
  const names = [...entries.keys()]
    .filter((path) => path.startsWith(`${synset}/`) && path.endsWith(".JPEG"))
    .sort((a, b) => numberOf(a) - numberOf(b));
  if (names.length < count) {
    throw new FormatError(`must hold ${count} photos of ${synset}, got ${names.length}`, { file: archive });
  }
  return names.slice(0, count).map((path) => entries.get(path)!);
}

function drawText(random: Random, synset: string, title: "training" | "test"): string {
  const own = (sentences as Readonly<Record<string, readonly string[]>>)[synset];
  if (own === undefined)
    throw new FormatError(`must be one of the 20 classes that have texts, got ${synset}`);
  const usable = title === "training" ? own.slice(0, TRAINING_SENTENCES) : own.slice(TRAINING_SENTENCES);
  const order = random.permutation(usable.length);
  return Array.from(order.subarray(0, SENTENCES_A_TEXT), (i) => usable[i]!).join(" ");
}

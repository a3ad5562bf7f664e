import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { FormatError, Random } from "@wayweave/geo-core";
import type { LoadedData, RunContext } from "../experiments/experiment.js";
import type { LocatedDataset } from "./catalogue.js";
import { type MatMatrix, readMatFile } from "./mat-file.js";

/** Image–text pairs as features, with a class each. */
export interface FeaturePairs {
  /** Bag of visual words, rows add up to 1, `[n, 128]`. */
  readonly images: MatMatrix;
  /** Topic proportions, rows add up to 1, `[n, 10]`. */
  readonly topics: MatMatrix;
  /** tf-idf weights of the most frequent words, `[n, 1000]`. */
  readonly words: MatMatrix;
  /** Class numbers from 0, `[n]`. */
  readonly labels: Uint32Array;
}

/** The Wikipedia cross-modal set of Rasiwasia et al. (2010), in its own split. */
export interface Wikipedia extends LoadedData {
  readonly train: FeaturePairs;
  readonly test: FeaturePairs;
}

const name = "Wikipedia";
const CLASSES = 10;

/** The set's features; made-up pairs of ten classes where it is not found. */
export function loadWikipedia(context: RunContext): Promise<Wikipedia> {
  return context.load("wikipedia", "features", async (located) =>
    located === undefined ? syntheticWikipedia() : read(located),
  );
}

async function read({ paths, files, sha256 }: LocatedDataset): Promise<Wikipedia> {
  const [features, trainList, testList] = paths as [string, string, string];
  const matrices = await readMatFile(features);
  const part = async (suffix: string, list: string): Promise<FeaturePairs> => {
    const labels = await readLabels(list);
    const matrix = (key: string) => {
      const found = matrices.get(`${key}_${suffix}`);
      if (found === undefined || found.rows !== labels.length) {
        throw new FormatError(`must hold ${key}_${suffix} with ${labels.length} rows`, {
          file: basename(features),
        });
      }
      return found;
    };
    return { images: matrix("I"), topics: matrix("T"), words: matrix("T_tfidf"), labels };
  };
  const [train, test] = [await part("tr", trainList), await part("te", testList)];
  const counts = {
    "training pairs": train.labels.length,
    "test pairs": test.labels.length,
    classes: CLASSES,
  };
  return { train, test, provenance: { name, source: "real", files, sha256, counts } };
}

/** The third column of `text id, image id, class from 1`, tab separated. */
async function readLabels(path: string): Promise<Uint32Array> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).filter((line) => line !== "");
  return Uint32Array.from(lines, (line, i) => {
    const label = Number(line.split("\t")[2]);
    if (!Number.isInteger(label) || label < 1 || label > CLASSES) {
      throw new FormatError(`the third column must be a class from 1 to ${CLASSES}, got ${line}`, {
        file: basename(path),
        line: i + 1,
      });
    }
    return label - 1;
  });
}

/** Pairs whose class shows faintly in the images and clearly in the texts, as it does in the real set. */
function syntheticWikipedia(): Wikipedia {
  const random = new Random(1).split("wikipedia");
  const part = (n: number): FeaturePairs => {
    const labels = Uint32Array.from({ length: n }, () => random.integer(CLASSES));
    return {
      images: histograms(random, labels, 128, 0.4),
      topics: histograms(random, labels, 10, 8),
      words: histograms(random, labels, 1000, 4),
      labels,
    };
  };
  const [train, test] = [part(600), part(200)];
  const counts = { "training pairs": 600, "test pairs": 200, classes: CLASSES };
  return { train, test, provenance: { name, source: "synthetic", files: [], sha256: [], counts } };
}

/** Rows that add up to 1; bin j is raised by `signal` for class j mod 10. */
function histograms(random: Random, labels: Uint32Array, columns: number, signal: number): MatMatrix {
  const data = new Float64Array(labels.length * columns);
  labels.forEach((label, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) {
      row[j] = -Math.log(1 - random.next()) * (1 + (j % CLASSES === label ? signal : 0));
    }
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < columns; j++) row[j]! /= sum;
  });
  return { rows: labels.length, columns, data };
}

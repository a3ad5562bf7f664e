import { Random } from "@wayweave/geo-core";
import type { LoadedData } from "../experiment.js";

/** Photos with their texts, and a class each. */
export interface RawPairs {
  /** The files' bytes. */
  readonly images: readonly Uint8Array[];
  readonly texts: readonly string[];
  /** Class numbers from 0. */
  readonly labels: Uint32Array;
}

/** Raw texts with photos, split into training and test pairs. */
export interface RawCorpus extends LoadedData {
  /** The texts' language. */
  readonly locale: string;
  /** Names of the classes, in the order of their numbers. */
  readonly classes: readonly string[];
  readonly train: RawPairs;
  readonly test: RawPairs;
}

/** Pictures of colours and stripe widths, and texts of vocabularies: one of each a class, at most 20. */
export function syntheticCorpus(
  name: string,
  classes: readonly string[],
  size: { readonly train: number; readonly test: number },
): RawCorpus {
  const random = new Random(1).split(name);
  const part = (n: number): RawPairs => {
    const labels = Uint32Array.from({ length: n }, (_, i) => i % classes.length);
    return {
      images: Array.from(labels, (label) => stripes(random, label)),
      texts: Array.from(labels, (label) =>
        Array.from({ length: 30 }, () => {
          const topic = random.next() < 0.6 ? label : random.integer(classes.length);
          return `${"abcdefghijklmnopqrst"[topic]}${"aeiou"[random.integer(5)]}${"klmnp"[random.integer(5)]}o`;
        }).join(" "),
      ),
      labels,
    };
  };
  const [train, test] = [part(size.train), part(size.test)];
  const counts = { "training pairs": size.train, "test pairs": size.test };
  const provenance = { name, source: "synthetic", files: [], sha256: [], counts } as const;
  return { locale: "en", classes, train, test, provenance };
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

import { Random } from "@wayweave/geo-core";
import { encode } from "fast-png";
import type { LoadedData } from "../experiments/experiment.js";

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

/** A PNG of 64 × 64: stripes whose width, angle and colour belong to the class, and grey squares that belong to none. */
function stripes(random: Random, label: number): Uint8Array {
  const side = 64;
  const color = [0, 1, 2].map((bit) => 60 + 160 * ((label >> bit) & 1) + 30 * random.next());
  const width = 3 + label / 2;
  const angle = (label * Math.PI) / 10;
  const [cosine, sine, shift] = [Math.cos(angle), Math.sin(angle), width * random.next()];
  const squares = Array.from({ length: 6 }, () => [random.integer(60), random.integer(60)] as const);
  const data = new Uint8Array(3 * side * side).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 3 * (y * side + x);
      if (squares.some(([left, top]) => x >= left && x < left + 5 && y >= top && y < top + 5)) {
        data.fill(128, at, at + 3);
      } else if (Math.floor((x * cosine + y * sine + shift) / width) % 2 === 0) data.set(color, at);
    }
  }
  return encode({ width: side, height: side, data, channels: 3 });
}

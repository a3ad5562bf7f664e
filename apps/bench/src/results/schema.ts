import { z } from "zod";
import { presetNames } from "../experiments/experiment.js";
import { metricNames } from "./metric-names.js";

/** The version of the results contract: raised when a reader of the older one would misread a file. */
export const schemaVersion = 1;

const metricName = z.enum(metricNames);
const finite = z.number();

/** A metric over the seeds of a row: its mean, the 95 % interval of the mean, and every seed's value. */
export const estimateSchema = z
  .object({ mean: finite, low: finite, high: finite, values: z.array(finite).min(1) })
  .refine(({ mean, low, high }) => low <= mean && mean <= high, {
    message: "low ≤ mean ≤ high must hold",
  });

export const dataProvenanceSchema = z
  .object({
    name: z.string().min(1),
    source: z.enum(["real", "synthetic", "mixed"]),
    files: z.array(z.string()),
    sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
    counts: z.record(z.string(), finite),
  })
  .refine(({ files, sha256 }) => files.length === sha256.length, {
    message: "one sha256 a file is due",
  });

export const resultRowSchema = z.object({
  system: z.string().min(1),
  dataset: z.string().min(1),
  /** Axes of the row for plots: `{ objects: 40000, k: 5 }`. */
  parameters: z.record(z.string(), z.union([finite, z.string()])).optional(),
  /** Names of the entries of `data` that this row read. */
  data: z.array(z.string()),
  metrics: z.partialRecord(metricName, estimateSchema),
  paper: z.partialRecord(metricName, finite).nullable(),
  /** Mean over the seeds of what one run of the row took. */
  seconds: finite.nonnegative(),
  /** Why the row, or some of its seeds, is missing. */
  error: z.string().optional(),
});

/** A picture of the run: its caption, and the SVG file beside the results file. */
export const pictureEntrySchema = z.object({
  title: z.string().min(1),
  file: z.string().regex(/^[a-z0-9.-]+\.svg$/),
});

/** The code that ran, and where. */
export const originSchema = z.object({
  versions: z.record(z.string(), z.string()),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    cores: z.int().positive(),
    memoryGiB: finite,
  }),
  /** `+changes` where the working tree differed from it; null outside a checkout. */
  commit: z.string().nullable(),
});

export const provenanceSchema = originSchema.extend({
  seeds: z.array(z.int().nonnegative()),
  engine: z.string(),
  /** When the newest of the rows' runs began, as are `versions`, `machine` and `commit`; see `earlier`. */
  startedAt: z.iso.datetime(),
  /** Rows taken from disk that other code, or another machine, made: how many runs (a row and seed each), and where from. */
  earlier: z
    .array(originSchema.omit({ versions: true }).extend({ runs: z.int().positive() }))
    .optional(),
  /** What all rows took together. What several rows share counts for the one that made it. */
  seconds: finite.nonnegative(),
  /** The largest resident set of the processes that made the rows, at the end of each row. */
  peakMemoryMiB: finite,
  /** False where the run was interrupted: rows are missing. */
  complete: z.boolean(),
  /** Digest of the code, the parameters and the engine asked for that made the rows: tells results that are older than the code. */
  fingerprint: z.string().optional(),
  /** `--engine`, as it was asked for. */
  askedEngine: z.string().optional(),
  /** `--threads`; absent where the runtimes chose. */
  threads: z.int().positive().optional(),
});

export const resultFileSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  experiment: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  preset: z.enum(presetNames),
  /** The preset's parameters, as they were. */
  parameters: z.record(z.string(), z.unknown()),
  data: z.array(dataProvenanceSchema),
  rows: z.array(resultRowSchema),
  pictures: z.array(pictureEntrySchema).optional(),
  provenance: provenanceSchema,
});

/** What made a raw output, and from what. */
const madeSchema = z.object({
  /** Digest of all that decides the output but the data: code, parameters, engine. */
  fingerprint: z.string(),
  /** The data files that were asked for; `sha256` is empty where none were found. */
  sources: z.array(z.object({ id: z.string(), sha256: z.array(z.string()) })),
  data: z.array(dataProvenanceSchema),
  engines: z.array(z.string()),
  origin: originSchema,
  startedAt: z.iso.datetime(),
  peakMemoryMiB: finite,
  seconds: finite.nonnegative(),
});

/** A raw output on disk; `output` itself is checked by the experiment's own schema. */
export const rawFileSchema = madeSchema.extend({
  schemaVersion: z.literal(schemaVersion),
  experiment: z.string(),
  preset: z.enum(presetNames),
  system: z.string(),
  dataset: z.string(),
  seed: z.int().nonnegative(),
  output: z.unknown(),
});

/** The raw outputs of a results file's rows, kept beside it, so that its metrics can be computed again and seeds added. */
export const rawArchiveSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  experiment: z.string(),
  preset: z.enum(presetNames),
  /** `output` is checked by the experiment's own schema. */
  runs: z.array(
    z.object({
      system: z.string(),
      dataset: z.string(),
      seed: z.int().nonnegative(),
      output: z.unknown(),
      /** Missing from older archives: then the results file says it of all runs together. */
      made: madeSchema.optional(),
    }),
  ),
});

export type Estimate = z.infer<typeof estimateSchema>;
export type ResultRow = z.infer<typeof resultRowSchema>;
export type PictureEntry = z.infer<typeof pictureEntrySchema>;
export type Origin = z.infer<typeof originSchema>;
export type Provenance = z.infer<typeof provenanceSchema>;
export type ResultFile = z.infer<typeof resultFileSchema>;
export type RawFile = z.infer<typeof rawFileSchema>;
export type RawArchive = z.infer<typeof rawArchiveSchema>;

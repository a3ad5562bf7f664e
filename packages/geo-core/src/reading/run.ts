import { ValueError } from "../foundation/errors.js";
import type { CoordinateSystem } from "../trajectories/columns.js";
import { joinBytes } from "./bytes.js";
import { type CollectedBatch, TrajectoryCollector } from "./collector.js";
import { CrsPolicy } from "./crs.js";
import { idFolders } from "./id-folders.js";
import { damage, type Ledger } from "./ledger.js";
import { type LineParser, LineSplitter } from "./lines.js";
import {
  type CrsOptions,
  checkReadOptions,
  type ReadOptions,
  type StreamOptions,
  type TimeOptions,
} from "./options.js";
import type { ReadReport } from "./report.js";
import type { Gunzip, Source, SourceFile } from "./source.js";
import { type TrajectoryBatch, TrajectoryStream } from "./stream.js";
import { asUtf8, gunzipped } from "./text.js";
import { timePolicy } from "./time-policy.js";

/** Where files come from: a path in Node, bytes or files in a browser. */
export interface Input {
  /** What it is called, for messages. */
  readonly label: string;
  readonly gunzip: Gunzip;
  /** The files that `accepts` names. */
  open(where: string, accepts: (name: string) => boolean, ledger: Ledger): Promise<Source>;
}

/** The options that {@link streamFormat} itself obeys. */
export type SharedOptions = StreamOptions & TimeOptions & CrsOptions;

/** How one format is read; everything around it (files, batches, progress, accounts) is the same for all. */
export interface Format<Attributes, Batch extends TrajectoryBatch> {
  /** The public function, for messages: `readPorto`. */
  readonly where: string;
  readonly coordinateSystem: CoordinateSystem;
  /** Which files of a folder or zip are of this format, by name without folders and `.gz`. */
  readonly accepts: (name: string) => boolean;
  /** Reads one file into the collector, stopping after every chunk so that finished batches can be handed over. */
  read(file: SourceFile, reading: Reading<Attributes>): AsyncGenerator<void, void>;
  /** Called once, before the first file. */
  prepare?(source: Source, reading: Reading<Attributes>): Promise<readonly SourceFile[]>;
  toBatch(collected: CollectedBatch<Attributes>): Batch;
}

/** One reading under way: what a format's `read` works with. */
export class Reading<Attributes> {
  readonly ledger: Ledger;
  readonly collector: TrajectoryCollector<Attributes>;
  readonly crs: CrsPolicy;
  readonly #options: ReadOptions;
  readonly #gunzip: Gunzip;
  readonly #total: number;
  #done = 0;
  /** Whether the file under way is sound although it may hold no records: it has a header that says so. */
  mayBeEmpty = false;

  constructor(
    ledger: Ledger,
    collector: TrajectoryCollector<Attributes>,
    crs: CrsPolicy,
    options: ReadOptions,
    gunzip: Gunzip,
    total: number,
  ) {
    this.ledger = ledger;
    this.collector = collector;
    this.crs = crs;
    this.#options = options;
    this.#gunzip = gunzip;
    this.#total = total;
  }

  /** A file's bytes, gunzipped where need be; reports progress and obeys the signal. */
  bytes(file: SourceFile): AsyncGenerator<Uint8Array, void> {
    return gunzipped(this.#counted(file), file.label, this.#gunzip);
  }

  /** A file's text as UTF-8. */
  text(file: SourceFile): AsyncGenerator<Uint8Array, void> {
    return asUtf8(this.bytes(file), file.label);
  }

  /** A file's first bytes, gunzipped where need be, without counting them as read. */
  async head(file: SourceFile, count: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of gunzipped(toIterable(file), file.label, this.#gunzip)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= count) break;
    }
    return joinBytes(chunks).subarray(0, count);
  }

  /** Counts `bytes` read of `file`: for formats that do not read from front to back. */
  progress(file: SourceFile, bytes: number): void {
    this.#options.signal?.throwIfAborted();
    this.#done += bytes;
    this.#options.onProgress?.({
      done: this.#done,
      total: this.#total,
      file: file.label,
      records: this.ledger.records,
    });
  }

  async *#counted(file: SourceFile): AsyncGenerator<Uint8Array, void> {
    this.#options.signal?.throwIfAborted();
    for await (const chunk of file.open()) {
      yield chunk;
      this.progress(file, chunk.length);
    }
  }
}

async function* toIterable(file: SourceFile): AsyncGenerator<Uint8Array, void> {
  yield* file.open();
}

/** Feeds a file's lines to `parser`. */
export async function* parseLines<Attributes>(
  file: SourceFile,
  reading: Reading<Attributes>,
  parser: LineParser,
  lines: LineSplitter = new LineSplitter(file.label, parser),
): AsyncGenerator<void, void> {
  try {
    for await (const chunk of reading.text(file)) {
      lines.push(chunk);
      yield;
    }
    lines.finish();
  } catch (error) {
    // What came before the damage counts; a strict reader hands nothing over.
    if (reading.ledger.lenient) parser.finish();
    throw error;
  }
  parser.finish();
}

/** The streaming form of a format. */
export function streamFormat<Attributes, Batch extends TrajectoryBatch>(
  input: Input,
  options: SharedOptions,
  format: Format<Attributes, Batch>,
): TrajectoryStream<Batch> {
  const { batchPoints = 65_536, lenient = false } = options;
  checkReadOptions(format.where, options);
  return new TrajectoryStream(format.where, lenient, (ledger) =>
    run(input, { ...options, batchPoints }, format, ledger),
  );
}

/** The all-at-once form of a format: one batch, and the report. */
export async function readFormat<Attributes, Batch extends TrajectoryBatch>(
  input: Input,
  options: SharedOptions,
  format: Format<Attributes, Batch>,
): Promise<Batch & { readonly report: ReadReport }> {
  if ("batchPoints" in options && options.batchPoints !== undefined) {
    throw new ValueError(`${format.where}: batchPoints must be absent where all is read at once`);
  }
  const stream = streamFormat(input, { ...options, batchPoints: Number.POSITIVE_INFINITY }, format);
  let only: Batch | undefined;
  for await (const batch of stream) only = batch;
  return { ...only!, report: stream.report };
}

async function* run<Attributes, Batch extends TrajectoryBatch>(
  input: Input,
  options: SharedOptions & { readonly batchPoints: number },
  format: Format<Attributes, Batch>,
  ledger: Ledger,
): AsyncGenerator<Batch, void> {
  options.signal?.throwIfAborted();
  const { where, coordinateSystem } = format;
  const crs = await CrsPolicy.load(where, options.crs ?? "auto", coordinateSystem);
  const source = await input.open(where, format.accepts, ledger);
  try {
    const total = source.files.reduce((sum, file) => sum + file.byteLength, 0);
    const collector = new TrajectoryCollector<Attributes>(ledger, {
      coordinateSystem,
      batchPoints: options.batchPoints,
      policy: timePolicy(options),
      longitudes: options.longitudes,
    });
    const reading = new Reading(ledger, collector, crs, options, input.gunzip, total);
    const files = (await format.prepare?.(source, reading)) ?? source.files;
    if (files.length === 0 && ledger.report().damagedFiles.length === 0) {
      ledger.giveUpFile(
        damage("no file of this format", `${where}: no file of this format`, { file: input.label }),
      );
    }
    const folderOf = idFolders(files, input.label.replaceAll("\\", "/"));
    collector.hasManyFiles = files.length > 1;
    for (const file of files) {
      collector.file = file.label;
      collector.idFolder = folderOf(file.label);
      for await (const _ of readFile(file, reading, format)) {
        for (const collected of collector.take()) yield format.toBatch(collected);
      }
      for (const collected of collector.take()) yield format.toBatch(collected);
    }
    const isWhole = options.batchPoints === Number.POSITIVE_INFINITY;
    for (const collected of collector.takeLast(isWhole)) yield format.toBatch(collected);
  } finally {
    await source.close();
  }
}

/** One file, whose damage a lenient reader survives; one without a record or a header is damaged too. */
async function* readFile<Attributes, Batch extends TrajectoryBatch>(
  file: SourceFile,
  reading: Reading<Attributes>,
  format: Format<Attributes, Batch>,
): AsyncGenerator<void, void> {
  const { ledger } = reading;
  const recordsBefore = ledger.records;
  ledger.files++;
  reading.mayBeEmpty = false;
  try {
    yield* format.read(file, reading);
    if (ledger.records === recordsBefore && !reading.mayBeEmpty) {
      throw damage("empty file", "the file holds no records", { file: file.label });
    }
  } catch (error) {
    ledger.giveUpFile(error);
  }
}

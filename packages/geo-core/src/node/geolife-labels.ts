import { isUtf8, parseDate, parseTimeOfDay, quoted, splitFields, textOf } from "../reading/bytes.js";
import { damage, Ledger } from "../reading/ledger.js";
import type { LineParser } from "../reading/lines.js";
import type { ReadReport } from "../reading/report.js";
import { parseLines, type Reading } from "../reading/run.js";
import type { SourceFile } from "../reading/source.js";

/** One line of a GeoLife user's `labels.txt`: from `startMs` to `endMs`, both included, the user went by `mode`. */
export interface TransportLabel {
  /** The user's folder, such as `010`. */
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  /** Milliseconds since 1970, not before `startMs`. */
  readonly endMs: number;
  /** As the user wrote it: `walk`, `bike`, `bus`, `taxi`, … */
  readonly mode: string;
}

/** The transport modes that GeoLife's users noted, by user and time. */
export class GeoLifeLabels implements Iterable<TransportLabel> {
  /** The accounts of the label files alone; a record is a line after the header. */
  readonly report: ReadReport;
  readonly #byUser = new Map<string, TransportLabel[]>();

  constructor(labels: Iterable<TransportLabel>, report: ReadReport) {
    this.report = report;
    for (const label of labels) {
      const labelsOfUser = this.#byUser.get(label.user);
      if (labelsOfUser === undefined) this.#byUser.set(label.user, [label]);
      else labelsOfUser.push(label);
    }
  }

  /** The number of labels. */
  get length(): number {
    let count = 0;
    for (const labels of this.#byUser.values()) count += labels.length;
    return count;
  }

  /** The users who noted any, in order of their names. */
  get users(): string[] {
    return [...this.#byUser.keys()].sort();
  }

  /**
   * The mode noted for a user at a time; where notes overlap, the one that began last.
   *
   * @param timeMs milliseconds since 1970
   */
  modeAt(user: string, timeMs: number): string | undefined {
    let best: TransportLabel | undefined;
    for (const label of this.#byUser.get(user) ?? []) {
      if (timeMs < label.startMs || timeMs > label.endMs) continue;
      if (best === undefined || label.startMs >= best.startMs) best = label;
    }
    return best?.mode;
  }

  /** All labels, by user in the order of `users`, then as they stand in the user's file. */
  *[Symbol.iterator](): Iterator<TransportLabel> {
    for (const user of this.users) yield* this.#byUser.get(user)!;
  }
}

/** Reads the users' `labels.txt` files: a header line, then `start⇥end⇥mode` with `yyyy/mm/dd hh:mm:ss` in UTC. */
export async function readLabels(
  files: readonly SourceFile[],
  reading: Reading<undefined>,
): Promise<GeoLifeLabels> {
  const ledger = new Ledger(reading.ledger.lenient);
  const labels: TransportLabel[] = [];
  for (const file of files) {
    const recordsBefore = ledger.records;
    ledger.files++;
    try {
      for await (const _ of parseLines(file, reading, new LabelParser(file.label, ledger, labels)));
      if (ledger.records === recordsBefore) {
        throw damage("empty file", "the file holds no labels", { file: file.label });
      }
    } catch (error) {
      ledger.giveUpFile(error);
    }
  }
  return new GeoLifeLabels(labels, ledger.report());
}

const TAB = 9;

class LabelParser implements LineParser {
  readonly #file: string;
  readonly #user: string;
  readonly #ledger: Ledger;
  readonly #labels: TransportLabel[];
  readonly #ends = new Int32Array(3);

  constructor(file: string, ledger: Ledger, labels: TransportLabel[]) {
    this.#file = file;
    this.#user = /([^/]+)\/[^/]+$/.exec(file)?.[1] ?? "";
    this.#ledger = ledger;
    this.#labels = labels;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (line === 1) {
      this.#checkHeader(bytes, start, end);
      return;
    }
    const ends = this.#ends;
    const at = { file: this.#file, line };
    this.#ledger.records++;
    if (splitFields(bytes, start, end, TAB, ends) !== 3) {
      const got = quoted(textOf(bytes, start, end));
      this.#ledger.reject("wrong number of fields", `a label must have 3 fields, got ${got}`, at);
      return;
    }
    const startMs = parseDateTime(bytes, start, ends[0]!);
    const endMs = parseDateTime(bytes, ends[0]! + 1, ends[1]!);
    const mode = textOf(bytes, ends[1]! + 1, end).trim();
    if (Number.isNaN(startMs) || Number.isNaN(endMs) || mode === "") {
      const got = quoted(textOf(bytes, start, end));
      this.#ledger.reject(
        "not a label",
        `a label must be start, end (yyyy/mm/dd hh:mm:ss) and mode, got ${got}`,
        at,
      );
    } else if (!isUtf8(bytes.subarray(start, end))) {
      this.#ledger.reject("not UTF-8", `a label must be UTF-8, got ${quoted(mode)}`, at);
    } else if (endMs < startMs) {
      this.#ledger.reject("ends before it begins", "a label must not end before it begins", at);
    } else {
      this.#ledger.kept++;
      this.#labels.push({ user: this.#user, startMs, endMs, mode });
    }
  }

  finish(): void {}

  #checkHeader(bytes: Uint8Array, start: number, end: number): void {
    const text = textOf(bytes, start, end);
    if (/^start/i.test(text)) return;
    throw damage("missing header", `labels.txt must begin with a header line, got ${quoted(text)}`, {
      file: this.#file,
      line: 1,
    });
  }
}

/** `yyyy/mm/dd hh:mm:ss` in UTC, in exactly 19 bytes. */
function parseDateTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 19 || bytes[start + 10] !== 32) return Number.NaN;
  return parseDate(bytes, start, start + 10) + parseTimeOfDay(bytes, start + 11, end);
}

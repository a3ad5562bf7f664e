import { FormatError, type FormatLocation } from "../foundation/errors.js";
import type { MendReason, ReadReport, SkipReason } from "./report.js";

/** Files' damages by the error that reports them, so that a lenient reader can count by reason. */
const damageReasons = new WeakMap<FormatError, SkipReason>();

/** An error for a file that cannot be read on; a lenient reader counts it and goes on with the next file. */
export function damage(
  reason: SkipReason,
  message: string,
  location: FormatLocation,
  cause?: unknown,
): FormatError {
  const error = new FormatError(message, location, cause === undefined ? undefined : { cause });
  damageReasons.set(error, reason);
  return error;
}

type Counts<Reason extends string> = Map<Reason, { count: number; firstAt: FormatLocation }>;

/**
 * The accounts of one reading: what was kept, what was not, why, and where first.
 *
 * `records` is counted where a record is found, `kept` where it enters the result and `skipped` where it is turned
 * away: the sum is a law to test, not a definition.
 */
export class Ledger {
  readonly lenient: boolean;
  files = 0;
  records = 0;
  kept = 0;
  readonly times = { untimed: 0, repeated: 0, backward: 0 };
  readonly #skipped: Counts<SkipReason> = new Map();
  readonly #mended: Counts<MendReason> = new Map();
  readonly #damaged: Counts<SkipReason> = new Map();

  constructor(lenient: boolean) {
    this.lenient = lenient;
  }

  /** Turns broken records away: strict, by throwing `message`; lenient, by counting `reason`. */
  reject(reason: SkipReason, message: string, location: FormatLocation, count = 1): void {
    if (!this.lenient) throw new FormatError(message, location);
    tally(this.#skipped, reason, location, count);
  }

  /** Leaves out sound records that the format's rules or the caller's options exclude. */
  exclude(reason: SkipReason, location: FormatLocation, count = 1): void {
    tally(this.#skipped, reason, location, count);
  }

  /** Counts what was changed in a record that is kept. */
  mend(reason: MendReason, location: FormatLocation, count = 1): void {
    tally(this.#mended, reason, location, count);
  }

  /** Keeps a record without its broken part: strict, by throwing `message`; lenient, by counting `reason`. */
  mendOrThrow(reason: MendReason, message: string, location: FormatLocation): void {
    if (!this.lenient) throw new FormatError(message, location);
    tally(this.#mended, reason, location, 1);
  }

  /**
   * Gives a file up: strict, by throwing; lenient, by counting its reason. Records that were found and went with the file
   * are skipped for that reason. Errors of other kinds are thrown on.
   */
  giveUpFile(error: unknown): void {
    if (!this.lenient || !(error instanceof FormatError)) throw error;
    const reason = damageReasons.get(error);
    if (reason === undefined) throw error;
    const { file, line, byteOffset } = error;
    const at = withoutUndefined({ file, line, byteOffset });
    tally(this.#damaged, reason, at, 1);
    const lost = this.records - this.kept - this.#skippedCount();
    if (lost > 0) tally(this.#skipped, reason, at, lost);
  }

  #skippedCount(): number {
    let sum = 0;
    for (const { count } of this.#skipped.values()) sum += count;
    return sum;
  }

  report(): ReadReport {
    return {
      files: this.files,
      records: this.records,
      kept: this.kept,
      skipped: listed(this.#skipped),
      mended: listed(this.#mended),
      damagedFiles: listed(this.#damaged),
      times: { ...this.times },
    };
  }
}

function tally<Reason extends string>(
  counts: Counts<Reason>,
  reason: Reason,
  location: FormatLocation,
  count: number,
): void {
  const entry = counts.get(reason);
  if (entry === undefined) counts.set(reason, { count, firstAt: location });
  else entry.count += count;
}

function listed<Reason extends string>(
  counts: Counts<Reason>,
): { reason: Reason; count: number; firstAt: FormatLocation }[] {
  return [...counts]
    .map(([reason, { count, firstAt }]) => ({ reason, count, firstAt }))
    .sort((a, b) => b.count - a.count);
}

function withoutUndefined(location: {
  file: string | undefined;
  line: number | undefined;
  byteOffset: number | undefined;
}): FormatLocation {
  return Object.fromEntries(Object.entries(location).filter(([, value]) => value !== undefined));
}

import { parseDecimalText, quoted, textOf } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { LineParser } from "../../reading/lines.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import { type Format, parseLines } from "../../reading/run.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { addRecording, RecorderClock, recordedDay } from "./recording.js";

/**
 * Logs of NMEA 0183, which GPS receivers speak: the positions of RMC, GGA, GNS and GLL, a point an instant, all of a file one trajectory.
 * A record is an instant; other sentences, and what a logger writes before the `$`, are passed over.
 */
export function nmeaFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.nmea$/i.test(name),
    async *read(file, reading) {
      const parser = new NmeaParser(file.label, reading.collector);
      yield* parseLines(file, reading, parser);
      reading.mayBeEmpty = parser.hasSentences;
    },
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

/** What one instant's sentences say together. */
interface Instant {
  /** Milliseconds since midnight; NaN where the sentence has no time. */
  readonly clockMs: number;
  readonly line: number;
  /** Undefined while no sentence of it had a fix. */
  position: readonly [longitude: number, latitude: number] | undefined;
  readonly values: Map<string, number>;
}

const METERS_PER_NAUTICAL_MILE = 1852;
/** A sentence of a position by its type, and where its fields stand. */
const SENTENCES = {
  RMC: { time: 1, latitude: 3, validity: 2, invalid: /^V?$/ },
  GGA: { time: 1, latitude: 2, validity: 6, invalid: /^0?$/ },
  GNS: { time: 1, latitude: 2, validity: 6, invalid: /^N*$/ },
  GLL: { time: 5, latitude: 1, validity: 6, invalid: /^V$/ },
} as const;

class NmeaParser implements LineParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #points = new PointBuffer();
  /** Whether anything that a receiver says was found. */
  hasSentences = false;
  #instant: Instant | undefined;
  /** RMC and ZDA tell the date; GGA, GNS and GLL do not. */
  readonly #clock = new RecorderClock();

  constructor(file: string, collector: TrajectoryCollector<undefined>) {
    this.#file = file;
    this.#collector = collector;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const text = textOf(bytes, start, end);
    const sentence = /\$([^$]*)$/.exec(text)?.[1]?.trim();
    if (sentence === undefined) return;
    const fields = sentence.replace(/\*.*$/, "").split(",");
    this.hasSentences ||= /^[A-Z]{4,5}$/.test(fields[0]!);
    const type = fields[0]!.slice(-3);
    const isKnown = Object.hasOwn(SENTENCES, type);
    if (!isKnown && type !== "ZDA") return;
    if (!hasChecksum(sentence)) {
      this.#reject("broken checksum", `a sentence must have its checksum, got ${quoted(sentence)}`, line);
      return;
    }
    if (type === "ZDA") this.#zda(fields);
    else this.#position(type as keyof typeof SENTENCES, fields, line);
  }

  finish(): void {
    this.#endInstant();
    addRecording(this.#collector, this.#file, this.#points);
  }

  #position(type: keyof typeof SENTENCES, fields: readonly string[], line: number): void {
    const places = SENTENCES[type];
    const clockMs = clockOfDigits(fields[places.time] ?? "");
    if (this.#instant === undefined || !Object.is(this.#instant.clockMs, clockMs) || Number.isNaN(clockMs)) {
      this.#endInstant();
      this.#instant = { clockMs, line, position: undefined, values: new Map() };
      // GGA may come before the RMC that tells the new day.
      this.#clock.tick(clockMs);
    }
    if (type === "RMC") {
      const [, day = "", month = "", year = ""] = /^(\d\d)(\d\d)(\d\d)$/.exec(fields[9] ?? "") ?? [];
      this.#date(year, month, day, clockMs);
    }
    if (places.invalid.test(fields[places.validity] ?? "")) return;
    const instant = this.#instant;
    const { latitude: at } = places;
    const latitude = fromDegreesAndMinutes(fields[at] ?? "", fields[at + 1] ?? "", "NS");
    const longitude = fromDegreesAndMinutes(fields[at + 2] ?? "", fields[at + 3] ?? "", "EW");
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) {
      const got = quoted(fields.slice(at, at + 4).join(","));
      this.#reject(
        "not a number",
        `a position must be degrees and minutes with N or S, E or W, got ${got}`,
        line,
      );
      return;
    }
    // GGA and RMC round alike: the first of them counts.
    instant.position ??= [longitude, latitude];
    if (type === "RMC") {
      setNumber(
        instant,
        "speedMetersPerSecond",
        (parseDecimalText(fields[7] ?? "") * METERS_PER_NAUTICAL_MILE) / 3600,
      );
      setNumber(instant, "headingDegrees", parseDecimalText(fields[8] ?? ""));
    } else if (type !== "GLL") setNumber(instant, "elevationMeters", parseDecimalText(fields[9] ?? ""));
  }

  /** ZDA: time, day, month, year. */
  #zda([, time = "", day = "", month = "", year = ""]: readonly string[]): void {
    const clockMs = clockOfDigits(time);
    if (this.#instant !== undefined && this.#instant.clockMs !== clockMs) this.#endInstant();
    this.#date(year, month, day, clockMs);
  }

  /** What is no date leaves the day that is under way. */
  #date(year: string, month: string, day: string, clockMs: number): void {
    const dayMs = recordedDay(year, month, day);
    this.#clock.startDay(Number.isNaN(dayMs) ? this.#clock.dayMs : dayMs, clockMs);
  }

  #endInstant(): void {
    const instant = this.#instant;
    this.#instant = undefined;
    if (instant === undefined) return;
    const { ledger } = this.#collector;
    ledger.records++;
    if (instant.position === undefined) {
      ledger.exclude("no position", { file: this.#file, line: instant.line });
      return;
    }
    this.#points.add(...instant.position, this.#clock.dayMs + instant.clockMs, instant.line);
    for (const [name, value] of instant.values) this.#points.set(name, value);
  }

  #reject(reason: "broken checksum" | "not a number", message: string, line: number): void {
    this.#collector.ledger.records++;
    this.#collector.ledger.reject(reason, message, { file: this.#file, line });
  }
}

function setNumber({ values }: Instant, name: string, value: number): void {
  if (!Number.isNaN(value)) values.set(name, value);
}

/** Whether a sentence's checksum is right, the XOR of all between `$` and `*`; old devices write none. */
function hasChecksum(sentence: string): boolean {
  const [, body = "", digits] = /^(.*)\*([0-9A-F]{2})\s*$/i.exec(sentence) ?? [];
  if (digits === undefined) return !sentence.includes("*");
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i);
  return sum === Number.parseInt(digits, 16);
}

/** Milliseconds of `hhmmss.sss` since midnight; NaN for anything else. */
function clockOfDigits(text: string): number {
  const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d(?:\.\d*)?)$/.exec(text) ?? [];
  if (hours === undefined) return Number.NaN;
  return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Math.round(Number(seconds) * 1e6) / 1e3;
}

/** Degrees of `ddmm.mmmm` or `dddmm.mmmm`; NaN for anything else. */
function fromDegreesAndMinutes(text: string, letter: string, letters: string): number {
  const [, degrees, minutes] = /^(\d{1,3})(\d\d(?:\.\d*)?)$/.exec(text) ?? [];
  const index = letter === "" ? -1 : letters.indexOf(letter.toUpperCase());
  if (degrees === undefined || index === -1 || Number(minutes) >= 60) return Number.NaN;
  return (index === 0 ? 1 : -1) * (Number(degrees) + Number(minutes) / 60);
}

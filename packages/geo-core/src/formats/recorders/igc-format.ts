import { lookup } from "../../foundation/lookup.js";
import { parseDecimalText, quoted, textOf } from "../../reading/bytes.js";
import type { TrajectoryCollector } from "../../reading/collector.js";
import type { LineParser } from "../../reading/lines.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import { type Format, parseLines } from "../../reading/run.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import { addRecording, RecorderClock, recordedDay } from "./recording.js";

/** Flights as gliders' recorders write them (FAI's IGC format): a record is a fix (`B`), all of a file one trajectory. */
export function igcFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.igc$/i.test(name),
    async *read(file, reading) {
      yield* parseLines(file, reading, new IgcParser(file.label, reading.collector));
    },
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

/** Time, latitude, longitude, validity, heights by pressure and by satellites. */
const IGC_FIX =
  /^B(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})([NS])(\d{3})(\d\d)(\d{3})([EW])([AV])(-\d{4}|\d{5})(-\d{4}|\d{5})/;
/** `HFDTE010918` and, since 2015, `HFDTEDATE:010918,01`; some recorders leave the colon out. */
const IGC_DATE = /^H[FOP]DTE(?:DATE:?)?\s*(\d\d)(\d\d)(\d\d)/i;
const IGC_NAMES: Readonly<Record<string, string>> = {
  PLT: "pilot",
  GTY: "gliderType",
  GID: "gliderId",
  CID: "competitionId",
};

class IgcParser implements LineParser {
  readonly #file: string;
  readonly #collector: TrajectoryCollector<undefined>;
  readonly #points = new PointBuffer();
  readonly #properties: Record<string, string> = {};
  /** Further digits and decimals of fixes by what the `I` record calls them, as `[first, last]` column. */
  readonly #extensions = new Map<string, readonly [start: number, end: number]>();
  readonly #clock = new RecorderClock();

  constructor(file: string, collector: TrajectoryCollector<undefined>) {
    this.#file = file;
    this.#collector = collector;
  }

  line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const text = textOf(bytes, start, end).trim();
    if (text.startsWith("B")) this.#fix(text, line);
    else if (text.startsWith("H")) this.#header(text);
    else if (text.startsWith("I")) {
      for (const [, first, last, name] of text.slice(3).matchAll(/(\d\d)(\d\d)([A-Z]{3})/g))
        this.#extensions.set(name!, [Number(first) - 1, Number(last)]);
    }
  }

  finish(): void {
    addRecording(this.#collector, this.#file, this.#points, this.#properties);
  }

  #header(text: string): void {
    const [, day, month, year] = IGC_DATE.exec(text) ?? [];
    if (day !== undefined) {
      this.#clock.startDay(recordedDay(year!, month!, day), Number.NaN);
      return;
    }
    const [, kind, value] = /^H[FOP]([A-Z]{3})[^:]*:(.*)$/i.exec(text) ?? [];
    const name = kind === undefined ? undefined : lookup(IGC_NAMES, kind.toUpperCase());
    if (name !== undefined && value!.trim() !== "") this.#properties[name] = value!.trim();
  }

  #fix(text: string, line: number): void {
    const { ledger } = this.#collector;
    const at = { file: this.#file, line };
    ledger.records++;
    const found = IGC_FIX.exec(text);
    const [latitude, longitude] = found === null ? [Number.NaN, Number.NaN] : this.#positionOf(found, text);
    if (found === null || Number.isNaN(latitude) || Number.isNaN(longitude)) {
      ledger.reject(
        "broken off",
        `a fix must be BHHMMSSDDMMmmmNDDDMMmmmEAPPPPPGGGGG, got ${quoted(text)}`,
        at,
      );
      return;
    }
    const [validity, pressure, satellites] = found.slice(12);
    // Before its first fix a recorder writes zeros.
    if (validity === "V" && latitude === 0 && longitude === 0) {
      ledger.exclude("no position", at);
      return;
    }
    const clockMs = this.#clockOf(found, text);
    this.#clock.tick(clockMs);
    this.#points.add(longitude, latitude, this.#clock.dayMs + clockMs, line);
    if (validity === "A") this.#points.set("elevationMeters", parseDecimalText(satellites!));
    if (Number(pressure) !== 0) this.#points.set("pressureAltitudeMeters", parseDecimalText(pressure!));
  }

  #positionOf(found: RegExpExecArray, text: string): readonly [latitude: number, longitude: number] {
    const [latitudeMinutes, longitudeMinutes] = [
      Number(`${found[5]}.${found[6]}${this.#extension(text, "LAD")}`),
      Number(`${found[9]}.${found[10]}${this.#extension(text, "LOD")}`),
    ];
    if (latitudeMinutes >= 60 || longitudeMinutes >= 60) return [Number.NaN, Number.NaN];
    return [
      (found[7] === "N" ? 1 : -1) * (Number(found[4]) + latitudeMinutes / 60),
      (found[11] === "E" ? 1 : -1) * (Number(found[8]) + longitudeMinutes / 60),
    ];
  }

  /** Milliseconds since midnight. */
  #clockOf([, hours, minutes, seconds]: RegExpExecArray, text: string): number {
    const decimals = this.#extension(text, "TDS");
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return whole * 1000 + Number(decimals.padEnd(3, "0").slice(0, 3));
  }

  /** The digits that a fix has of an extension; none where it has not. */
  #extension(text: string, name: string): string {
    const place = this.#extensions.get(name);
    const digits = place === undefined ? "" : text.slice(...place);
    return /^\d+$/.test(digits) ? digits : "";
  }
}

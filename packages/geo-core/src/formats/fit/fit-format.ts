import { isDate } from "../../foundation/realms.js";
import { joinBytes } from "../../reading/bytes.js";
import { damage } from "../../reading/ledger.js";
import { PointBuffer } from "../../reading/point-buffer.js";
import type { Format, Reading } from "../../reading/run.js";
import { type SourceFile, stemOf } from "../../reading/source.js";
import type { TrajectoryBatch } from "../../reading/stream.js";
import type { ColumnValue } from "../../trajectories/columns.js";

/** What is used of a record or session, as fit-file-parser decodes it. */
type FitMessage = Readonly<Record<string, unknown>>;

interface FitContent {
  readonly records?: readonly FitMessage[];
  readonly sessions?: readonly FitMessage[];
}

/** Fields of a record that become columns. */
const COLUMNS: readonly (readonly [field: string, column: string])[] = [
  ["enhanced_altitude", "elevationMeters"],
  ["altitude", "elevationMeters"],
  ["heart_rate", "heartRate"],
  ["cadence", "cadence"],
  ["enhanced_speed", "speed"],
  ["speed", "speed"],
  ["power", "powerWatts"],
  ["temperature", "temperatureCelsius"],
  ["distance", "distanceMeters"],
];

/** FIT, by fit-file-parser: each session is a trajectory, of all files of a chain; a record is a `record` message. */
export function fitFormat(where: string): Format<undefined, TrajectoryBatch> {
  return {
    where,
    coordinateSystem: "lonlat",
    accepts: (name) => /\.fit$/i.test(name),
    read: readFit,
    toBatch: ({ trajectories }) => ({ trajectories }),
  };
}

const MAX_BYTES = 1 << 28;

async function* readFit(file: SourceFile, reading: Reading<undefined>): AsyncGenerator<void, void> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of reading.bytes(file)) {
    chunks.push(chunk);
    byteLength += chunk.length;
    if (byteLength > MAX_BYTES) {
      throw damage("file too large", `a FIT file must be at most ${MAX_BYTES} bytes long`, {
        file: file.label,
      });
    }
    yield;
  }
  const { lenient } = reading.ledger;
  const contents: FitContent[] = [];
  try {
    for (const part of chainOf(joinBytes(chunks), lenient))
      contents.push(await parseFit(part, file, lenient));
  } catch (error) {
    // The files before a broken one are sound.
    if (lenient && contents.length > 0) takeAll(contents, file, reading);
    throw error;
  }
  takeAll(contents, file, reading);
  reading.mayBeEmpty = true;
}

const isFit = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && String.fromCharCode(...bytes.subarray(8, 12)) === ".FIT";

/**
 * The files of a chain, each with its own header. Whatever else follows a file belongs to none. A lenient reader takes what is there of a
 * file that is shorter than its header says, as a device leaves it whose battery ran out.
 */
function* chainOf(
  bytes: Uint8Array<ArrayBuffer>,
  lenient: boolean,
): Generator<Uint8Array<ArrayBuffer>, void> {
  let rest = bytes;
  do {
    const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
    const headerSize = isFit(rest) ? view.getUint8(0) : 0;
    const length = headerSize + (isFit(rest) ? view.getUint32(4, true) : 0) + 2;
    const part = rest.slice(0, isFit(rest) ? length : undefined);
    if (lenient && isFit(part) && part.length < length - 2) {
      new DataView(part.buffer).setUint32(4, part.length - headerSize, true);
    }
    yield part;
    rest = rest.subarray(part.length);
  } while (isFit(rest));
}

async function parseFit(
  bytes: Uint8Array<ArrayBuffer>,
  file: SourceFile,
  lenient: boolean,
): Promise<FitContent> {
  if (!isFit(bytes))
    throw damage("broken FIT", "a FIT file must begin with its header", { file: file.label });
  const { default: FitParser } = await import("fit-file-parser");
  const parser = new FitParser({
    force: lenient,
    mode: "list",
    lengthUnit: "m",
    speedUnit: "m/s",
    temperatureUnit: "celsius",
  });
  try {
    return (await parser.parseAsync(bytes.buffer)) as unknown as FitContent;
  } catch (cause) {
    const problem =
      typeof cause === "string" ? cause : String((cause as { message?: unknown })?.message ?? cause);
    throw damage("broken FIT", `broken FIT: ${problem}`, { file: file.label }, cause);
  }
}

/** A trajectory under way, with the session that it is of. */
interface Session {
  readonly points: PointBuffer;
  readonly message: FitMessage | undefined;
}

function takeAll(contents: readonly FitContent[], file: SourceFile, reading: Reading<undefined>): void {
  let line = 0;
  const found: Session[] = [];
  for (const content of contents) {
    found.push(...sessionsOf(content, file, reading, line));
    line += content.records?.length ?? 0;
  }
  const isSplit = contents.reduce((sum, { sessions = [] }) => sum + Math.max(1, sessions.length), 0) > 1;
  for (const [i, { points, message }] of found.entries()) {
    reading.collector.add(
      {
        id: isSplit ? `${stemOf(file.label)}/${i}` : stemOf(file.label),
        positions: points.positions(),
        timesMs: points.timesMs(),
        columns: points.columns(),
        properties: propertiesOf(message),
        lines: points.lines(),
        records: "points",
      },
      undefined,
    );
  }
}

/** The records of one file by session. @param before records of the files before it */
function sessionsOf(
  { records = [], sessions = [] }: FitContent,
  file: SourceFile,
  { ledger }: Reading<undefined>,
  before: number,
): Session[] {
  const buffers = new Map<number, PointBuffer>();
  for (const [index, record] of records.entries()) {
    const line = before + index + 1;
    ledger.records++;
    const { position_lat: latitude, position_long: longitude } = record;
    if (typeof latitude !== "number" || typeof longitude !== "number") {
      ledger.exclude("no position", { file: file.label, line });
      continue;
    }
    const timeMs = isDate(record.timestamp) ? record.timestamp.getTime() : Number.NaN;
    const session = sessionOf(sessions, timeMs);
    const points = buffers.get(session) ?? new PointBuffer();
    buffers.set(session, points);
    points.add(longitude, latitude, timeMs, line);
    for (const [field, column] of COLUMNS) {
      const value = record[field];
      if (typeof value === "number" && Number.isFinite(value)) points.set(column, value);
    }
  }
  return [...buffers]
    .sort(([a], [b]) => a - b)
    .map(([session, points]) => ({ points, message: sessions[session] }));
}

/** The last session that had begun at a time; the first where none had. */
function sessionOf(sessions: readonly FitMessage[], timeMs: number): number {
  let found = 0;
  for (const [i, { start_time: start }] of sessions.entries()) {
    if (isDate(start) && start.getTime() <= timeMs) found = i;
  }
  return found;
}

function propertiesOf(session: FitMessage | undefined): Record<string, ColumnValue> {
  const properties: Record<string, ColumnValue> = {};
  for (const name of ["sport", "sub_sport"]) {
    const value = session?.[name];
    if (typeof value === "string") properties[name] = value;
  }
  return properties;
}

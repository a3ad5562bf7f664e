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

/** FIT, by fit-file-parser: each session is a trajectory; a record is a `record` message. */
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
  const content = await parseFit(joinBytes(chunks), file, reading.ledger.lenient);
  takeRecords(content, file, reading);
  reading.mayBeEmpty = true;
}

async function parseFit(
  bytes: Uint8Array<ArrayBuffer>,
  file: SourceFile,
  lenient: boolean,
): Promise<FitContent> {
  const isFit = bytes.length >= 12 && String.fromCharCode(...bytes.subarray(8, 12)) === ".FIT";
  if (!isFit) throw damage("broken FIT", "a FIT file must begin with its header", { file: file.label });
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

function takeRecords(content: FitContent, file: SourceFile, reading: Reading<undefined>): void {
  const { collector, ledger } = reading;
  const sessions = content.sessions ?? [];
  const buffers = new Map<number, PointBuffer>();
  for (const [index, record] of (content.records ?? []).entries()) {
    const line = index + 1;
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
  for (const [session, points] of [...buffers].sort(([a], [b]) => a - b)) {
    collector.add(
      {
        id: sessions.length > 1 ? `${stemOf(file.label)}/${session}` : stemOf(file.label),
        positions: points.positions(),
        timesMs: points.timesMs(),
        columns: points.columns(),
        properties: propertiesOf(sessions[session]),
        lines: points.lines(),
        records: "points",
      },
      undefined,
    );
  }
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

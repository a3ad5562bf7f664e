import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { encodingHint, type ReadingFlags, readTrips } from "@wayweave/cli";
import { FormatError, isError, ValueError } from "@wayweave/geo-core";
import papaparse from "papaparse";

export interface LabelColumns {
  /** The column of labels. */
  readonly label: string;
  /** The column of ids of a table. */
  readonly id: string;
  /** The options' names for messages. */
  readonly options: { readonly label: string; readonly id: string };
}

/** Whether a file's name says that it is a table of ids and labels, of which nothing else is read. */
export function isTable(file: string): boolean {
  return /\.(csv|tsv|txt)(\.gz)?$/i.test(file);
}

/**
 * Labels of trips by their ids: of a table (CSV, TSV; ids may repeat, as where a row is a point), or of any file of trips, whose
 * property it is.
 *
 * @throws {ValueError} a column that is not there, or two labels of one id
 */
export async function readLabels(
  file: string,
  columns: LabelColumns,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  return isTable(file) ? fromTable(file, columns, signal) : fromTrips(file, columns, flags, signal);
}

async function fromTrips(
  file: string,
  { label, options }: LabelColumns,
  flags: ReadingFlags,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const { set } = await readTrips(file, flags, signal).catch((error: unknown) => {
    throw withTableAdvice(file, error);
  });
  const values = set.properties[label];
  if (values === undefined) throw missing(file, options.label, label, Object.keys(set.properties));
  const labels = new Map<string, string>();
  for (let i = 0; i < set.length; i++) add(labels, file, set.ids?.[i] ?? String(i), values[i], undefined);
  return labels;
}

/** That ids and labels without positions are read from some files only, which no option of reading changes. */
function withTableAdvice(file: string, cause: unknown): unknown {
  if (!isError(cause)) return cause;
  const alone = "ids and labels alone are read from .csv, .tsv and .txt";
  if (cause.message.includes("must hold trips, got none")) {
    return new ValueError(`${cause.message}; ${alone}`, { cause });
  }
  if (!/must name longitude and latitude/.test(cause.message)) return cause;
  return new ValueError(
    `${file} must hold trips with their labels, got no positions; ${alone}: save it as one`,
    {
      cause,
    },
  );
}

async function fromTable(
  file: string,
  { label, id, options }: LabelColumns,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const bytes = createReadStream(file, { signal });
  const header: string[] = [];
  const rows = papaparse.parse(papaparse.NODE_STREAM_INPUT, {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (name, column) => (header[column] = name),
  });
  const source = /\.gz$/i.test(file) ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not hand errors on.
  for (const stream of new Set([bytes, source])) stream.on("error", (error: Error) => rows.destroy(error));
  source.pipe(rows);
  const labels = new Map<string, string>();
  let row = 1;
  try {
    for await (const value of rows) {
      const fields = value as Readonly<Record<string, string>>;
      row++;
      const named = idColumnOf(header, id);
      if (named === undefined) throw missing(file, options.id, id, header);
      if (!header.includes(label)) throw missing(file, options.label, label, header);
      if (fields[named] === undefined || fields[label] === undefined) {
        const got = `${Object.keys(fields).length} of ${header.length} cells`;
        throw new FormatError(`record ${row - 1} must have an id and a label, got ${got}`, { file });
      }
      const hint = encodingHint(`${fields[named]} ${fields[label]}`);
      if (hint !== "") {
        const got = `${JSON.stringify(fields[named])} and ${JSON.stringify(fields[label])}`;
        throw new FormatError(`an id and a label must be UTF-8, got ${got}${hint}`, { file, line: row });
      }
      add(labels, file, fields[named]!, fields[label], row);
    }
  } catch (error) {
    if (isError(error) && "syscall" in error) {
      throw new ValueError(`${file} must be a file that can be read (${error.message})`, { cause: error });
    }
    throw error;
  } finally {
    bytes.destroy();
  }
  return labels;
}

/** The column of ids; where there is no `id`, tables of trips that have a property such as `vehicle` call theirs `trajectory_id`. */
function idColumnOf(header: readonly string[], id: string): string | undefined {
  if (header.includes(id)) return id;
  return id === "id" && header.includes("trajectory_id") ? "trajectory_id" : undefined;
}

function add(
  labels: Map<string, string>,
  file: string,
  id: string,
  value: unknown,
  line: number | undefined,
): void {
  const label = value === null || value === undefined ? "" : String(value).trim();
  const at = line === undefined ? { file } : { file, line };
  if (label === "") return;
  const before = labels.get(id);
  if (before !== undefined && before !== label) {
    const got = `${JSON.stringify(before)} and ${JSON.stringify(label)}`;
    throw new FormatError(`a trip must have one label, got ${got} for ${JSON.stringify(id)}`, at);
  }
  labels.set(id, label);
}

function missing(file: string, option: string, name: string, there: readonly string[]): ValueError {
  const columns = there.join(", ") || "none";
  return new ValueError(
    `${option} must name a column of ${file}, which has ${columns}, got ${JSON.stringify(name)}${encodingHint(columns)}`,
  );
}

import { FormatError, type TrajectorySet, TrajectorySetBuilder } from "@wayweave/geo-core";
import { checkObject, checkText } from "../inputs/check-trips.js";

/** The E2DTC authors' labelled GeoLife set: cell sequences, their centres as points, and the 12 labels. */
export interface AuthorsLabels {
  /** One trajectory a row, a cell's centre for each token; no times. */
  readonly set: TrajectorySet;
  /** The authors' cluster of each trajectory, `[set.length]`. */
  readonly labels: Uint32Array;
  /** Their split: 1 where `val`, 0 where `train`, `[set.length]`. */
  readonly isValidation: Uint8Array;
  /** The mean position that the file gives of each trajectory, `[lon, lat]` interleaved, `[set.length × 2]`. */
  readonly meanPositions: Float64Array;
}

/** The texts of the set's files, and what to call them in errors. */
export interface AuthorsLabelsFiles {
  /** `labeled_trajs.tsv`: `split`, `label`, `mean_lon`, `mean_lat`, `tokens`. */
  readonly trajectories: string;
  /** `vocab.csv`: `token`, …, `lon`, `lat`, … */
  readonly vocabulary: string;
}

/** Tokens of the authors' model that are no place: padding, begin, end, unknown. */
const SPECIAL_TOKENS = 4;

/**
 * Decodes the authors' labelled GeoLife set.
 *
 * @throws {FormatError} a missing column, a broken line, or a token that is not in the vocabulary
 */
export function parseAuthorsLabels(files: AuthorsLabelsFiles): AuthorsLabels {
  checkObject("parseAuthorsLabels", "files", files);
  checkText("parseAuthorsLabels", "files.vocabulary", files.vocabulary);
  checkText("parseAuthorsLabels", "files.trajectories", files.trajectories);
  const centers = parseVocabulary(files.vocabulary);
  const file = "labeled_trajs.tsv";
  const table = new Table(file, files.trajectories, "\t", [
    "split",
    "label",
    "mean_lon",
    "mean_lat",
    "tokens",
  ]);
  const builder = new TrajectorySetBuilder();
  const labels: number[] = [];
  const isValidation: number[] = [];
  const meanPositions: number[] = [];
  for (const { line, fields } of table.rows()) {
    const [split, label, lon, lat, tokens] = fields as [string, string, string, string, string];
    if (split !== "train" && split !== "val") {
      throw new FormatError(`split must be train or val, got ${JSON.stringify(split)}`, { file, line });
    }
    isValidation.push(split === "val" ? 1 : 0);
    labels.push(table.integer("label", label, line));
    meanPositions.push(table.number("mean_lon", lon, line), table.number("mean_lat", lat, line));
    builder.begin();
    for (const text of tokens.split(" ")) {
      const token = table.integer("tokens", text, line);
      if (token < SPECIAL_TOKENS) continue;
      const center = centers.get(token);
      if (center === undefined) {
        throw new FormatError(`token must be in vocab.csv, got ${token}`, { file, line });
      }
      builder.addPoint(center[0], center[1]);
    }
    builder.end();
  }
  return {
    set: builder.build(),
    labels: Uint32Array.from(labels),
    isValidation: Uint8Array.from(isValidation),
    meanPositions: Float64Array.from(meanPositions),
  };
}

/**
 * Reads cluster centres, one `lon,lat` a line without a header (`cluster_center.csv`).
 *
 * @returns interleaved, `[centres × 2]`
 * @throws {FormatError} a line that is not two numbers in range
 */
export function parseClusterCenters(text: string): Float64Array {
  checkText("parseClusterCenters", "text", text);
  const centers: number[] = [];
  text.split("\n").forEach((row, i) => {
    if (row.trim() === "") return;
    const fields = row.trim().split(",");
    const [lon, lat] = fields.map((field) => (field.trim() === "" ? Number.NaN : Number(field)));
    if (fields.length !== 2 || !(Math.abs(lon!) <= 180 && Math.abs(lat!) <= 90)) {
      throw new FormatError(`a line must be lon,lat in degrees, got ${JSON.stringify(row)}`, {
        file: "cluster_center.csv",
        line: i + 1,
      });
    }
    centers.push(lon!, lat!);
  });
  return Float64Array.from(centers);
}

function parseVocabulary(text: string): Map<number, readonly [number, number]> {
  const table = new Table("vocab.csv", text, ",", ["token", "lon", "lat"]);
  const centers = new Map<number, readonly [number, number]>();
  for (const { line, fields } of table.rows()) {
    const [token, lon, lat] = fields as [string, string, string];
    const id = table.integer("token", token, line);
    centers.set(id, [table.number("lon", lon, line), table.number("lat", lat, line)]);
  }
  return centers;
}

/** Lines of separated fields under a header, without quotes. */
class Table {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #separator: string;
  readonly #columns: readonly number[];

  constructor(file: string, text: string, separator: string, names: readonly string[]) {
    this.#file = file;
    this.#lines = text.split(/\r?\n/);
    this.#separator = separator;
    const header = this.#lines[0]!.split(separator);
    this.#columns = names.map((name) => {
      const column = header.indexOf(name);
      if (column < 0) throw new FormatError(`header must hold the column ${name}`, { file, line: 1 });
      return column;
    });
  }

  *rows(): Generator<{ line: number; fields: string[] }> {
    for (let i = 1; i < this.#lines.length; i++) {
      const text = this.#lines[i]!;
      if (text === "") continue;
      const all = text.split(this.#separator);
      const fields = this.#columns.map((column) => all[column]);
      if (fields.includes(undefined)) {
        throw new FormatError(`a line must hold all columns of the header, got ${all.length} fields`, {
          file: this.#file,
          line: i + 1,
        });
      }
      yield { line: i + 1, fields: fields as string[] };
    }
  }

  number(name: string, text: string, line: number): number {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) {
      throw new FormatError(`${name} must be a number, got ${JSON.stringify(text)}`, {
        file: this.#file,
        line,
      });
    }
    return value;
  }

  integer(name: string, text: string, line: number): number {
    if (!/^\d+$/.test(text)) {
      throw new FormatError(`${name} must be a non-negative integer, got ${JSON.stringify(text)}`, {
        file: this.#file,
        line,
      });
    }
    return Number(text);
  }
}

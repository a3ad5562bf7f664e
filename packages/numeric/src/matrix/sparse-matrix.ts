import {
  checkAllFinite,
  checkLength,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";
import { checkMatrix, type Matrix } from "./matrix.js";

/** Compressed sparse rows: row i owns entries `rowOffsets[i]` up to, not including, `rowOffsets[i + 1]`. */
export interface SparseMatrix {
  /** `[entries]` */
  readonly values: Float32Array | Float64Array;
  /** The column of each entry, `[entries]`; no column twice in one row. */
  readonly columnIndices: Uint32Array;
  /** `[rows + 1]` */
  readonly rowOffsets: Uint32Array;
  /** A positive integer. */
  readonly rows: number;
  /** A positive integer; every entry of `columnIndices` is below it. */
  readonly columns: number;
}

/** Whether the rows are stored sparsely. */
export function isSparse(matrix: Matrix | SparseMatrix): matrix is SparseMatrix {
  return typeof matrix === "object" && matrix !== null && "rowOffsets" in matrix;
}

/**
 * Checks a matrix of either storage at a public boundary.
 *
 * @throws {ShapeError} arrays whose lengths do not fit `rows` and `columns`
 * @throws {ValueError} a count that is not a positive integer, a non-finite value, an unordered offset, a column out of
 *   range
 */
export function checkRows(where: string, name: string, matrix: Matrix | SparseMatrix): void {
  if (isSparse(matrix)) checkSparse(where, name, matrix);
  else checkMatrix(where, name, matrix);
}

function checkSparse(where: string, name: string, matrix: SparseMatrix): void {
  checkPositiveInteger(where, `${name}.rows`, matrix.rows);
  checkPositiveInteger(where, `${name}.columns`, matrix.columns);
  const { values, columnIndices, rowOffsets, rows, columns } = matrix;
  checkLength(where, `${name}.rowOffsets`, rowOffsets, rows + 1);
  checkLength(where, `${name}.columnIndices`, columnIndices, values.length);
  if (rowOffsets[0] !== 0 || rowOffsets[rows] !== values.length) {
    throw new ShapeError(
      `${where}: ${name}.rowOffsets must run from 0 to ${values.length}, got ${rowOffsets[0]} to ${rowOffsets[rows]}`,
    );
  }
  // The row in which each column was last seen, so that a repeated column is found in one pass.
  const lastRow = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (rowOffsets[row + 1]! < rowOffsets[row]!) {
      throw new ValueError(
        `${where}: ${name}.rowOffsets must not decrease, got a smaller one after row ${row}`,
      );
    }
    for (let entry = rowOffsets[row]!; entry < rowOffsets[row + 1]!; entry++) {
      const column = columnIndices[entry]!;
      if (column >= columns) {
        throw new ValueError(
          `${where}: ${name}.columnIndices[${entry}] must be below ${columns}, got ${column}`,
        );
      }
      if (lastRow[column] === row) {
        throw new ValueError(`${where}: row ${row} of ${name} must hold column ${column} once, got it twice`);
      }
      lastRow[column] = row;
    }
  }
  checkAllFinite(where, `${name}.values`, values);
}

import {
  checkAllFinite,
  checkLength,
  checkNonNegativeInteger,
  checkPositiveInteger,
  ShapeError,
  ValueError,
} from "@wayweave/geo-core";

/** Rows of numbers, row-major: row i is `data[i·columns]` up to, not including, `data[(i + 1)·columns]`. */
export interface DenseMatrix {
  /** `[rows × columns]` */
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Compressed sparse rows: row i owns entries `rowOffsets[i]` up to, not including, `rowOffsets[i + 1]`. */
export interface SparseMatrix {
  /** `[entries]` */
  readonly values: Float32Array | Float64Array;
  /** The column of each entry, `[entries]`; no column twice in one row. */
  readonly columnIndices: Uint32Array;
  /** `[rows + 1]` */
  readonly rowOffsets: Uint32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Rows that {@link kMeans} clusters: dense or sparse. */
export type Matrix = DenseMatrix | SparseMatrix;

/** Whether the rows are stored sparsely. */
export function isSparse(matrix: Matrix): matrix is SparseMatrix {
  return "rowOffsets" in matrix;
}

/**
 * Checks a matrix at a public boundary.
 *
 * @throws {ShapeError} arrays whose lengths do not fit `rows` and `columns`
 * @throws {ValueError} a count that is not an integer, a non-finite value, an unordered offset, a column out of range
 */
export function checkMatrix(where: string, matrix: Matrix): void {
  checkNonNegativeInteger(where, "rows", matrix.rows);
  checkPositiveInteger(where, "columns", matrix.columns);
  if (isSparse(matrix)) {
    checkSparse(where, matrix);
  } else {
    checkLength(where, "data", matrix.data, matrix.rows * matrix.columns);
    checkAllFinite(where, "data", matrix.data);
  }
}

function checkSparse(where: string, matrix: SparseMatrix): void {
  const { values, columnIndices, rowOffsets, rows, columns } = matrix;
  checkLength(where, "rowOffsets", rowOffsets, rows + 1);
  checkLength(where, "columnIndices", columnIndices, values.length);
  if (rowOffsets[0] !== 0 || rowOffsets[rows] !== values.length) {
    throw new ShapeError(
      `${where}: rowOffsets must run from 0 to ${values.length}, got ${rowOffsets[0]} to ${rowOffsets[rows]}`,
    );
  }
  // The row in which each column was last seen, so that a repeated column is found in one pass.
  const lastRow = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (rowOffsets[row + 1]! < rowOffsets[row]!) {
      throw new ValueError(`${where}: rowOffsets must not decrease, got a smaller one after row ${row}`);
    }
    for (let entry = rowOffsets[row]!; entry < rowOffsets[row + 1]!; entry++) {
      const column = columnIndices[entry]!;
      if (column >= columns) {
        throw new ValueError(`${where}: columnIndices[${entry}] must be below ${columns}, got ${column}`);
      }
      if (lastRow[column] === row) {
        throw new ValueError(`${where}: row ${row} must hold column ${column} once, got it twice`);
      }
      lastRow[column] = row;
    }
  }
  checkAllFinite(where, "values", values);
}

import { describe, expect, it } from "vitest";
import { affineColumns, selectRows, times, timesTransposed, transposedTimes } from "../src/index.js";

const matrix = (rows: number, columns: number) => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, i) => i),
});

describe("shapes that do not fit", () => {
  it.each([
    ["times", () => times(matrix(2, 3), matrix(2, 3)), "times: b must have 3 rows, got 2"],
    [
      "timesTransposed",
      () => timesTransposed(matrix(2, 3), matrix(2, 2)),
      "timesTransposed: b must have 3 columns, got 2",
    ],
    [
      "transposedTimes",
      () => transposedTimes(matrix(2, 3), matrix(3, 2)),
      "transposedTimes: b must have 2 rows, got 3",
    ],
    [
      "affineColumns",
      () => affineColumns(matrix(2, 3), new Float64Array(2)),
      "affineColumns: shift must have length 3, got 2",
    ],
    ["selectRows", () => selectRows(matrix(2, 3), [0, 2]), "selectRows: rows[1] must be below 2, got 2"],
  ])("%s refuses them", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

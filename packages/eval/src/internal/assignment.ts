/**
 * The one-to-one matching of rows and columns with the largest sum: for each column its row, −1 where none is left for it.
 *
 * Source: Crouse 2016, "On implementing 2D rectangular assignment algorithms" (the method of scipy's linear_sum_assignment): rows are
 * taken in one after the other, each along the shortest augmenting path, with dual prices u and v that keep every reduced cost
 * ≥ 0. Time O(min² · max), in typed arrays.
 *
 * @param values row-major [rows, columns], finite
 */
export function largestAssignment(values: Float64Array, rows: number, columns: number): Int32Array {
  const flipped = rows > columns;
  const n = flipped ? columns : rows;
  const m = flipped ? rows : columns;
  // Costs are what is lost against the largest value; the shorter side is in the rows.
  const cost = new Float64Array(n * m);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) cost[flipped ? c * m + r : r * m + c] = -values[r * columns + c]!;
  }
  const { columnOfRow, rowOfColumn } = assignRows(cost, n, m);
  return flipped ? columnOfRow : rowOfColumn;
}

/** @returns the cheapest assignment of every row, n ≤ m */
function assignRows(
  cost: Float64Array,
  n: number,
  m: number,
): { readonly columnOfRow: Int32Array; readonly rowOfColumn: Int32Array } {
  const columnOfRow = new Int32Array(n).fill(-1);
  const rowOfColumn = new Int32Array(m).fill(-1);
  const u = new Float64Array(n);
  const v = new Float64Array(m);
  const shortest = new Float64Array(m);
  const before = new Int32Array(m);
  const open = new Int32Array(m);
  const closed: number[] = [];
  for (let row = 0; row < n; row++) {
    shortest.fill(Number.POSITIVE_INFINITY);
    for (let c = 0; c < m; c++) open[c] = m - 1 - c;
    closed.length = 0;
    let openCount = m;
    let least = 0;
    let i = row;
    let sink = -1;
    while (sink < 0) {
      let nearest = -1;
      let nearestCost = Number.POSITIVE_INFINITY;
      const base = least - u[i]!;
      for (let o = 0, at = i * m; o < openCount; o++) {
        const c = open[o]!;
        const reduced = base + cost[at + c]! - v[c]!;
        if (reduced < shortest[c]!) {
          shortest[c] = reduced;
          before[c] = i;
        }
        const known = shortest[c]!;
        // Among equally near columns a free one ends the path at once.
        if (known < nearestCost || (known === nearestCost && rowOfColumn[c] === -1)) {
          nearestCost = known;
          nearest = o;
        }
      }
      least = nearestCost;
      const column = open[nearest]!;
      open[nearest] = open[--openCount]!;
      closed.push(column);
      if (rowOfColumn[column] === -1) sink = column;
      else i = rowOfColumn[column]!;
    }
    u[row]! += least;
    for (const column of closed) {
      if (column === sink) continue;
      u[rowOfColumn[column]!]! += least - shortest[column]!;
      v[column]! -= least - shortest[column]!;
    }
    // Along the path each column takes the row that reached it.
    for (let column = sink; ; ) {
      const taker = before[column]!;
      rowOfColumn[column] = taker;
      const previous = columnOfRow[taker]!;
      columnOfRow[taker] = column;
      if (taker === row) break;
      column = previous;
    }
  }
  return { columnOfRow, rowOfColumn };
}

/**
 * Thins a shape to lines one cell wide that keep its ends and its holes.
 *
 * Source: Zhang, Suen: A fast parallel algorithm for thinning digital patterns, CACM 27 (1984).
 *
 * @param cells 0 or 1, `[rows, columns]`; changed in place. Cells at the edge become 0.
 */
export function thin(cells: Uint8Array, columns: number, rows: number): void {
  for (let i = 0; i < cells.length; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    if (column === 0 || row === 0 || column === columns - 1 || row === rows - 1) cells[i] = 0;
  }
  let alive = Array.from(cells.keys()).filter((i) => cells[i] === 1);
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const pass of [0, 1]) {
      const removed = alive.filter((i) => isRemovable(cells, i, columns, pass));
      for (const i of removed) cells[i] = 0;
      if (removed.length === 0) continue;
      hasChanged = true;
      alive = alive.filter((i) => cells[i] === 1);
    }
  }
}

function isRemovable(cells: Uint8Array, i: number, columns: number, pass: number): boolean {
  const up = i - columns;
  const down = i + columns;
  // p2 … p9 of the paper, clockwise from the cell above.
  const around = [
    cells[up]!,
    cells[up + 1]!,
    cells[i + 1]!,
    cells[down + 1]!,
    cells[down]!,
    cells[down - 1]!,
    cells[i - 1]!,
    cells[up - 1]!,
  ];
  let neighbours = 0;
  let rises = 0;
  for (let k = 0; k < 8; k++) {
    neighbours += around[k]!;
    if (around[k] === 0 && around[(k + 1) % 8] === 1) rises++;
  }
  if (neighbours < 2 || neighbours > 6 || rises !== 1) return false;
  const [p2, , p4, , p6, , p8] = around as [number, number, number, number, number, number, number, number];
  return pass === 0 ? p2 * p4 * p6 === 0 && p4 * p6 * p8 === 0 : p2 * p4 * p8 === 0 && p2 * p6 * p8 === 0;
}

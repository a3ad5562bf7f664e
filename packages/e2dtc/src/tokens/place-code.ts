import { FIRST_CELL_TOKEN, type Vocabulary } from "./vocabulary.js";

/** Waves along each axis; each is half as long as the one before. */
const WAVES = 5;
/** Numbers that tell where a cell is: sine and cosine of each wave along each axis. */
export const PLACE_COLUMNS = 4 * WAVES;

/**
 * Where each token's cell lies, as numbers in which neighbours are alike: sine and cosine of waves along both axes, the longest twice as long as
 * the grid's longer side.
 *
 * Source: the position code of Vaswani et al. 2017, for two axes. Rows of the two special tokens are 0.
 *
 * @returns row-major, `[size, PLACE_COLUMNS]`
 */
export function placeCode(vocabulary: Vocabulary): Float32Array {
  const { columns, rows, size } = vocabulary;
  const longest = Math.max(columns, rows);
  const cells = tokenCells(vocabulary);
  const code = new Float32Array(size * PLACE_COLUMNS);
  for (let token = FIRST_CELL_TOKEN; token < size; token++) {
    let at = token * PLACE_COLUMNS;
    for (const axis of [0, 1]) {
      const share = (cells[2 * token + axis]! + 0.5) / longest;
      for (let wave = 0; wave < WAVES; wave++) {
        const angle = Math.PI * 2 ** wave * share;
        code[at++] = Math.sin(angle);
        code[at++] = Math.cos(angle);
      }
    }
  }
  return code;
}

/** Column and row of each token's cell, `[size, 2]`; 0 of the two special tokens. */
export function tokenCells({ cells, columns, size }: Vocabulary): Float32Array {
  const places = new Float32Array(2 * size);
  for (const [i, cell] of cells.entries()) {
    const token = FIRST_CELL_TOKEN + i;
    places[2 * token] = cell % columns;
    places[2 * token + 1] = Math.floor(cell / columns);
  }
  return places;
}

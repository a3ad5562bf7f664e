/**
 * The measures as their papers define them: plain recursion with a memo, one distance at a time. Slow and obviously
 * right; the kernels are compared with it.
 */
export interface Oracle {
  readonly distance: (p: number, q: number) => number;
  readonly rows: number;
  readonly columns: number;
}

/** @param between the distance of two `[x, y]` positions */
export function oracleOf(
  a: Float64Array,
  b: Float64Array,
  between: (ax: number, ay: number, bx: number, by: number) => number,
): Oracle {
  return {
    distance: (p, q) => between(a[2 * p]!, a[2 * p + 1]!, b[2 * q]!, b[2 * q + 1]!),
    rows: a.length / 2,
    columns: b.length / 2,
  };
}

function memoized(rule: (p: number, q: number, at: (p: number, q: number) => number) => number) {
  const memo = new Map<string, number>();
  const at = (p: number, q: number): number => {
    const key = `${p},${q}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const value = rule(p, q, at);
    memo.set(key, value);
    return value;
  };
  return at;
}

export function oracleDtw({ distance, rows, columns }: Oracle, window = Infinity): number {
  const at = memoized((p, q, cell) => {
    if (p < 0 || q < 0) return p === -1 && q === -1 ? 0 : Infinity;
    if (p - q > window + Math.max(0, rows - columns)) return Infinity;
    if (q - p > window + Math.max(0, columns - rows)) return Infinity;
    return distance(p, q) + Math.min(cell(p - 1, q), cell(p, q - 1), cell(p - 1, q - 1));
  });
  return at(rows - 1, columns - 1);
}

export function oracleFrechet({ distance, rows, columns }: Oracle): number {
  const at = memoized((p, q, cell) => {
    if (p < 0 || q < 0) return p === -1 && q === -1 ? 0 : Infinity;
    return Math.max(distance(p, q), Math.min(cell(p - 1, q), cell(p, q - 1), cell(p - 1, q - 1)));
  });
  return at(rows - 1, columns - 1);
}

export function oracleEdr({ rows, columns }: Oracle, matches: (p: number, q: number) => boolean): number {
  const at = memoized((n, m, cell) => {
    if (n === 0) return m;
    if (m === 0) return n;
    const replace = matches(n - 1, m - 1) ? 0 : 1;
    return Math.min(cell(n - 1, m - 1) + replace, cell(n - 1, m) + 1, cell(n, m - 1) + 1);
  });
  return at(rows, columns);
}

export function oracleLcss({ rows, columns }: Oracle, matches: (p: number, q: number) => boolean): number {
  const at = memoized((n, m, cell) => {
    if (n === 0 || m === 0) return 0;
    if (matches(n - 1, m - 1)) return cell(n - 1, m - 1) + 1;
    return Math.max(cell(n - 1, m), cell(n, m - 1));
  });
  return at(rows, columns);
}

export function oracleDirectedHausdorff({ distance, rows, columns }: Oracle): number {
  let farthest = 0;
  for (let p = 0; p < rows; p++) {
    let nearest = Infinity;
    for (let q = 0; q < columns; q++) nearest = Math.min(nearest, distance(p, q));
    farthest = Math.max(farthest, nearest);
  }
  return farthest;
}

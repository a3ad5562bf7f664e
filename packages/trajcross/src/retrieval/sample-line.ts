/** Positions along a line at equal steps, and how much of the drawn line each stands for. */
export interface LineSamples {
  /** `[count × 2]` */
  readonly positions: Float64Array;
  /** 1 over how often the line passes the place: a way out and back is drawn once. */
  readonly weights: Float32Array;
  readonly length: number;
}

/** Squares across the larger side of a line in which passes are counted. */
const countedSquares = 40;

/**
 * Samples a polyline at equal steps along it.
 *
 * @param coordinates interleaved positions, at least one
 */
export function sampleLine(coordinates: Float64Array, count: number): LineSamples {
  const positions = new Float64Array(2 * count);
  const length = lengthOf(coordinates);
  let segment = 0;
  let before = 0;
  let own = segmentLength(coordinates, 0);
  const segments = coordinates.length / 2 - 1;
  for (let i = 0; i < count; i++) {
    const wanted = ((i + 0.5) / count) * length;
    while (segment + 1 < segments && before + own < wanted) {
      before += own;
      own = segmentLength(coordinates, ++segment);
    }
    const share = own > 0 ? Math.min(1, (wanted - before) / own) : 0;
    const a = 2 * segment;
    const b = segments > 0 ? a + 2 : a;
    positions[2 * i] = coordinates[a]! + share * (coordinates[b]! - coordinates[a]!);
    positions[2 * i + 1] = coordinates[a + 1]! + share * (coordinates[b + 1]! - coordinates[a + 1]!);
  }
  return { positions, weights: passWeights(positions), length };
}

function lengthOf(coordinates: Float64Array): number {
  let length = 0;
  for (let segment = 0; segment + 1 < coordinates.length / 2; segment++)
    length += segmentLength(coordinates, segment);
  return length;
}

function segmentLength(coordinates: Float64Array, segment: number): number {
  const a = 2 * segment;
  if (a + 3 >= coordinates.length) return 0;
  return Math.hypot(coordinates[a + 2]! - coordinates[a]!, coordinates[a + 3]! - coordinates[a + 1]!);
}

function passWeights(positions: Float64Array): Float32Array {
  const count = positions.length / 2;
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    minX = Math.min(minX, positions[i]!);
    maxX = Math.max(maxX, positions[i]!);
    minY = Math.min(minY, positions[i + 1]!);
    maxY = Math.max(maxY, positions[i + 1]!);
  }
  const scale = (countedSquares - 1e-6) / (Math.max(maxX - minX, maxY - minY) || 1);
  const passes = new Uint8Array(countedSquares * countedSquares);
  const squares = new Uint16Array(count);
  let previous = -1;
  for (let i = 0; i < count; i++) {
    const column = Math.floor((positions[2 * i]! - minX) * scale);
    const row = Math.floor((positions[2 * i + 1]! - minY) * scale);
    const square = Math.max(0, Math.min(countedSquares * countedSquares - 1, row * countedSquares + column));
    squares[i] = square;
    if (square !== previous && passes[square]! < 255) passes[square]!++;
    previous = square;
  }
  return Float32Array.from(squares, (square) => 1 / passes[square]!);
}

// The k best by scoring every object, with the paper's relative proximity: what an index must equal.
const RADIUS_METERS = 6371008.8;
const RADIANS = Math.PI / 180;

/**
 * @param objects positions `[objects, 2]` in degrees, vectors `[objects, dimensions]`
 * @param query position, vector, mu, k
 * @returns the k best `{ id, score }`, equal scores by id
 */
export function bruteForce({ positions, vectors, dimensions }, { position, vector, mu, k }) {
  const count = positions.length / 2;
  const [lon, lat] = [position[0] * RADIANS, position[1] * RADIANS];
  const norm = Math.hypot(...vector);
  const wanted = Float64Array.from(vector, (value) => value / norm);
  const meters = new Float64Array(count);
  let farthest = 0;
  for (let i = 0; i < count; i++) {
    const [otherLon, otherLat] = [positions[2 * i] * RADIANS, positions[2 * i + 1] * RADIANS];
    const half =
      Math.sin((otherLat - lat) / 2) ** 2 +
      Math.cos(lat) * Math.cos(otherLat) * Math.sin((otherLon - lon) / 2) ** 2;
    meters[i] = 2 * RADIUS_METERS * Math.asin(Math.sqrt(Math.min(1, half)));
    if (meters[i] > farthest) farthest = meters[i];
  }
  const best = [];
  for (let id = 0; id < count; id++) {
    let [dot, squares] = [0, 0];
    for (let j = 0; j < dimensions; j++) {
      const value = vectors[id * dimensions + j];
      dot += value * wanted[j];
      squares += value * value;
    }
    const score = mu * (1 - meters[id] / farthest) + ((1 - mu) * dot) / Math.sqrt(squares);
    if (best.length === k && score <= best[k - 1].score) continue;
    const at = best.findIndex((other) => score > other.score);
    best.splice(at < 0 ? best.length : at, 0, { id, score });
    if (best.length > k) best.pop();
  }
  return best;
}

/** The same ids with scores that differ by rounding only; near-equal neighbours may change places. */
export function isSame(hits, expected) {
  const isNear = (i, j) => Math.abs(hits[i].score - expected[j].score) < 1e-6;
  return (
    hits.length === expected.length &&
    hits.every(({ id }, i) => {
      const place = expected.findIndex((other) => other.id === id);
      return isNear(i, i) && isNear(i, place >= 0 ? place : expected.length - 1);
    })
  );
}

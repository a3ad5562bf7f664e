import type { Random } from "@wayweave/geo-core";

/** A line that is made on the spot, about as large as the unit square: a wandering, a loop, a way out and back, switchbacks. */
export function drawnLine(random: Random): Float64Array {
  const kind = random.next();
  if (kind < 0.45) return wandering(random);
  if (kind < 0.65) return loop(random);
  if (kind < 0.8) return outAndBack(random);
  if (kind < 0.92) return switchbacks(random);
  return Float64Array.of(0, 0, random.uniform(-1, 1), random.uniform(-1, 1));
}

/** Steps whose heading drifts, some more, some less; now and then a sharp turn. */
function wandering(random: Random): Float64Array {
  const points = 8 + random.integer(120);
  const drift = 10 ** random.uniform(-1.7, 0);
  const turnShare = random.next() < 0.5 ? 0 : random.uniform(0, 0.15);
  const coordinates = new Float64Array(2 * points);
  let heading = random.uniform(0, 2 * Math.PI);
  let bend = 0;
  for (let i = 1; i < points; i++) {
    bend = 0.8 * bend + drift * random.normal();
    heading += bend;
    if (random.next() < turnShare) heading += (random.next() < 0.5 ? 1 : -1) * random.uniform(0.8, 2.4);
    const step = random.uniform(0.5, 1.5) / points;
    coordinates[2 * i] = coordinates[2 * i - 2]! + step * Math.cos(heading);
    coordinates[2 * i + 1] = coordinates[2 * i - 1]! + step * Math.sin(heading);
  }
  return coordinates;
}

/** A round of some waves that ends near where it starts, or passes there twice. */
function loop(random: Random): Float64Array {
  const points = 24 + random.integer(80);
  const turns = random.next() < 0.75 ? random.uniform(0.8, 1.05) : random.uniform(1.2, 2.5);
  const waves = Array.from({ length: 3 }, (_, i) => ({
    height: random.uniform(0, 0.5) / (i + 1),
    phase: random.uniform(0, 2 * Math.PI),
  }));
  const flatness = random.uniform(0.4, 1);
  const coordinates = new Float64Array(2 * points);
  for (let i = 0; i < points; i++) {
    const angle = (2 * Math.PI * turns * i) / (points - 1);
    let radius = 0.5;
    for (const [n, { height, phase }] of waves.entries())
      radius += height * Math.sin((n + 1) * angle * 0.93 + phase);
    coordinates[2 * i] = radius * Math.cos(angle);
    coordinates[2 * i + 1] = flatness * radius * Math.sin(angle);
  }
  return coordinates;
}

/** Out, and back along nearly the same way; sometimes only a part of it. */
function outAndBack(random: Random): Float64Array {
  const out = wandering(random);
  const points = out.length / 2;
  const back = 2 + random.integer(points - 1);
  const aside = random.next() < 0.5 ? 0 : random.uniform(0, 0.02);
  const coordinates = new Float64Array(2 * (points + back));
  coordinates.set(out);
  for (let i = 0; i < back; i++) {
    const from = 2 * (points - 1 - i);
    coordinates[2 * (points + i)] = out[from]! + aside;
    coordinates[2 * (points + i) + 1] = out[from + 1]! - aside;
  }
  return coordinates;
}

/** Up a slope, left and right, or over a field in rows. */
function switchbacks(random: Random): Float64Array {
  const rows = 3 + random.integer(8);
  const climb = random.uniform(0.02, 0.15);
  const coordinates: number[] = [];
  for (let row = 0; row < rows; row++) {
    const ends = [random.uniform(0, 0.25), random.uniform(0.75, 1)];
    if (row % 2 === 1) ends.reverse();
    for (const x of ends) coordinates.push(x, row * climb + random.uniform(0, 0.4) * climb);
  }
  return Float64Array.from(coordinates);
}

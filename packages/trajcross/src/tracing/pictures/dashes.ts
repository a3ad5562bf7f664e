/**
 * The stretches of a polyline that a dash pattern draws.
 *
 * @param coordinates interleaved positions
 * @param on length of a dash, in the coordinates' unit
 * @param off length of a gap; 0 gives the stretches between multiples of `on`
 */
export function dashesOf(coordinates: Float64Array, on: number, off: number): Float64Array[] {
  const dashes: Float64Array[] = [];
  let current: number[] = [coordinates[0]!, coordinates[1]!];
  let isOn = true;
  let left = on;
  for (let i = 2; i < coordinates.length; i += 2) {
    let [x, y] = [coordinates[i - 2]!, coordinates[i - 1]!];
    const [toX, toY] = [coordinates[i]!, coordinates[i + 1]!];
    let length = Math.hypot(toX - x, toY - y);
    while (length > left) {
      const share = left / length;
      x += share * (toX - x);
      y += share * (toY - y);
      length -= left;
      if (isOn) {
        current.push(x, y);
        dashes.push(Float64Array.from(current));
      }
      current = [x, y];
      isOn = off === 0 ? true : !isOn;
      left = isOn ? on : off;
    }
    left -= length;
    if (isOn && length > 0) current.push(toX, toY);
  }
  if (isOn && current.length > 2) dashes.push(Float64Array.from(current));
  return dashes;
}

/** A polyline's length. */
export function lengthOf(coordinates: Float64Array): number {
  let length = 0;
  for (let i = 2; i < coordinates.length; i += 2) {
    length += Math.hypot(coordinates[i]! - coordinates[i - 2]!, coordinates[i + 1]! - coordinates[i - 1]!);
  }
  return length;
}

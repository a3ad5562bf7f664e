import { ValueError } from "../foundation/errors.js";
import { isFloat64Array } from "../foundation/realms.js";
import { checkArray, checkGiven } from "../foundation/validate.js";
import type {
  ColumnValue,
  CoordinateSystem,
  PointColumn,
  PropertyColumn,
  TrajectoryColumns,
} from "./columns.js";

/** What is needed of a set to join it to others. */
interface Part {
  readonly length: number;
  readonly pointCount: number;
  readonly coordinates: Float64Array;
  readonly offsets: Uint32Array;
  readonly timesMs: Float64Array | undefined;
  readonly ids: readonly string[] | undefined;
  readonly coordinateSystem: CoordinateSystem;
  readonly pointColumns: Readonly<Record<string, PointColumn>>;
  readonly properties: Readonly<Record<string, PropertyColumn>>;
}

/** The columns of several sets one after another; see TrajectorySet.concat. */
export function concatColumns(where: string, sets: readonly Part[]): TrajectoryColumns {
  checkSets(where, sets);
  const coordinateSystem = sharedSystem(where, sets);
  const count = sum(sets, (set) => set.length);
  const pointCount = sum(sets, (set) => set.pointCount);
  const coordinates = new Float64Array(2 * pointCount);
  const timesMs = sets.some((set) => set.timesMs !== undefined)
    ? new Float64Array(pointCount).fill(Number.NaN)
    : undefined;
  const offsets = new Uint32Array(count + 1);
  const ids: string[] | undefined = sets.some((set) => set.ids !== undefined) ? [] : undefined;
  let point = 0;
  let row = 0;
  for (const set of sets) {
    coordinates.set(set.coordinates, 2 * point);
    if (timesMs !== undefined && set.timesMs !== undefined) timesMs.set(set.timesMs, point);
    for (let i = 0; i < set.length; i++) {
      ids?.push(set.ids?.[i] ?? String(row));
      offsets[++row] = point + set.offsets[i + 1]!;
    }
    point += set.pointCount;
  }
  const pointNames = namesOf(sets, "pointColumns");
  const propertyNames = namesOf(sets, "properties").filter((name) => !pointNames.includes(name));
  return {
    coordinates,
    offsets,
    timesMs,
    ids,
    coordinateSystem,
    pointColumns: Object.fromEntries(pointNames.map((name) => [name, joinPoints(sets, name, pointCount)])),
    properties: Object.fromEntries(propertyNames.map((name) => [name, joinProperties(sets, name)])),
  };
}

function checkSets(where: string, sets: readonly Part[]): void {
  checkArray(where, "sets", sets);
  for (let i = 0; i < sets.length; i++) {
    checkGiven(where, `sets[${i}]`, sets[i]);
    checkArray(where, `coordinates of sets[${i}]`, sets[i]!.coordinates);
    checkArray(where, `offsets of sets[${i}]`, sets[i]!.offsets);
    checkGiven(where, `pointColumns of sets[${i}]`, sets[i]!.pointColumns);
    checkGiven(where, `properties of sets[${i}]`, sets[i]!.properties);
  }
}

function sharedSystem(where: string, sets: readonly Part[]): CoordinateSystem {
  const first = sets[0];
  if (first === undefined) throw new ValueError(`${where}: sets must hold at least one, got 0`);
  for (const set of sets) {
    if (set.coordinateSystem === first.coordinateSystem) continue;
    throw new ValueError(
      `${where}: sets must share one coordinate system, got ${first.coordinateSystem} and ${set.coordinateSystem}`,
    );
  }
  return first.coordinateSystem;
}

function namesOf(sets: readonly Part[], kind: "pointColumns" | "properties"): string[] {
  return [...new Set(sets.flatMap((set) => Object.keys(set[kind])))];
}

function joinPoints(sets: readonly Part[], name: string, pointCount: number): ArrayLike<ColumnValue> {
  const columns = sets.map((set) => set.pointColumns[name]);
  const isNumeric = sets.every(
    (set, i) =>
      set.properties[name] === undefined && (columns[i] === undefined || isFloat64Array(columns[i])),
  );
  if (isNumeric) {
    const joined = new Float64Array(pointCount).fill(Number.NaN);
    let point = 0;
    for (const [i, set] of sets.entries()) {
      const column = columns[i];
      if (column !== undefined) joined.set(column as Float64Array, point);
      point += set.pointCount;
    }
    return joined;
  }
  const joined: ColumnValue[] = [];
  for (const [i, set] of sets.entries()) {
    const column = columns[i] ?? repeated(set, name);
    for (let point = 0; point < set.pointCount; point++) {
      const value = column?.[point] ?? null;
      joined.push(Number.isNaN(value) ? null : value);
    }
  }
  return joined;
}

/** A property as a point column: each trajectory's value at all of its points. */
function repeated(set: Part, name: string): ColumnValue[] | undefined {
  const property = set.properties[name];
  if (property === undefined) return undefined;
  const column: ColumnValue[] = [];
  for (let i = 0; i < set.length; i++) {
    for (let point = set.offsets[i]!; point < set.offsets[i + 1]!; point++) column.push(property[i]!);
  }
  return column;
}

function joinProperties(sets: readonly Part[], name: string): ColumnValue[] {
  return sets.flatMap((set) => set.properties[name] ?? new Array<ColumnValue>(set.length).fill(null));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

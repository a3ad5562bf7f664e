import fc from "fast-check";
import { type ColumnValue, TrajectorySet } from "../../src/index.js";

/** Among them −0, which is 0 to every writer. */
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const text = (minLength = 0) => fc.string({ minLength, maxLength: 8, unit: "grapheme" });

const WORDS = [
  "heartRate",
  "speed",
  "vessel",
  "vehicle",
  "trajectory_id",
  "ew",
  "date",
  "timestamp",
  "lat",
  "id",
  "lon",
  "time",
  "times",
  "name",
  "x",
  "note",
  "fid",
  "geometry",
];
/** Names that a plain object finds in its prototype, that our own writers use, or that look like data. */
const TRAPS = [
  "toString",
  "constructor",
  "__proto__",
  "timeMs",
  "timesMs",
  "coordTimes",
  "time (ms, any date)",
  "two\nlines",
  "a[]",
  "0",
  "1e3",
  "2020-01-01",
  "LINESTRING",
];

/** Any name. */
const columnName = fc
  .oneof(fc.constantFrom(...WORDS), fc.constantFrom(...TRAPS), text(0))
  .filter((name) => name !== "elevationMeters");

const json: fc.Arbitrary<ColumnValue> = fc.oneof(
  { weight: 3, arbitrary: real(-1e6, 1e6) as fc.Arbitrary<ColumnValue> },
  { weight: 3, arbitrary: text() as fc.Arbitrary<ColumnValue> },
  fc.constantFrom<ColumnValue>(
    true,
    false,
    null,
    "5",
    "007",
    "true",
    "",
    " a ",
    "2020-01-01",
    "#1",
    'say "so"',
    -0,
    Number.NaN,
    "two\r\nlines",
    "Infinity",
    "\ud800",
  ),
  fc.array(fc.oneof(fc.integer(), text()), { maxLength: 3 }) as fc.Arbitrary<ColumnValue>,
);

/** Times as public functions make them: dates to the millisecond, fractions, repeats, steps back, and none. */
const time = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 4_000_000_000_000 }) },
  { weight: 2, arbitrary: real(0, 4e12) },
  { weight: 1, arbitrary: real(-1e13, 1e14) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.1, -5.3, 1e-7, 8.64e15) },
  { weight: 2, arbitrary: fc.constant(Number.NaN) },
);

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/**
 * Any set that a public function may return: trajectories of no point, one or several, timed, untimed and mixed, with
 * further columns and properties of all kinds.
 */
export function anySet(
  coordinateSystem: "lonlat" | "planar" = "lonlat",
  { infinite = [] }: { readonly infinite?: readonly number[] } = {},
): fc.Arbitrary<TrajectorySet> {
  const position =
    coordinateSystem === "lonlat"
      ? fc.tuple(fc.oneof(real(-180, 180), fc.constantFrom(-180, 180, 1e-7)), real(-90, 90))
      : fc.tuple(real(-1e7, 1e7), real(-1e7, 1e7));
  return shape.chain((sizes) => {
    const count = sizes.reduce((sum, size) => sum + size, 0);
    const points = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: count, maxLength: count });
    const each = <T>(of: fc.Arbitrary<T>) =>
      fc.array(of, { minLength: sizes.length, maxLength: sizes.length });
    const numbers = points(fc.oneof(real(-1e4, 1e4), fc.constantFrom(Number.NaN, ...infinite)));
    return fc
      .record({
        positions: points(position),
        timesMs: fc.option(points(time), { nil: undefined }),
        ids: fc.option(
          each(
            fc.oneof(
              { weight: 19, arbitrary: text(1) },
              { weight: 1, arbitrary: fc.constant("two\r\nlines") },
            ),
          ),
          { nil: undefined },
        ),
        elevations: fc.option(numbers, { nil: undefined }),
        columns: fc.dictionary(columnName, fc.oneof(numbers, points(json)), { maxKeys: 2 }),
        properties: fc.dictionary(columnName, each(json), { maxKeys: 3 }),
      })
      .map(({ positions, timesMs, ids, elevations, columns, properties }) => {
        const offsets = new Uint32Array(sizes.length + 1);
        for (const [i, size] of sizes.entries()) offsets[i + 1] = offsets[i]! + size;
        const pointColumns = {
          ...columns,
          ...(elevations === undefined ? {} : { elevationMeters: elevations }),
        };
        return new TrajectorySet({
          coordinates: Float64Array.from(positions.flat()),
          offsets,
          timesMs: timesMs === undefined ? undefined : Float64Array.from(timesMs),
          ids,
          coordinateSystem,
          pointColumns,
          properties: Object.fromEntries(
            Object.entries(properties).filter(([name]) => !Object.hasOwn(pointColumns, name)),
          ),
        });
      });
  });
}

/** All that a set says, as plain values (see decision 0016): a column without a value says nothing, and no time is the same as none at all. */
export function saidBy(set: TrajectorySet): unknown {
  return Array.from({ length: set.length }, (_, i) => {
    const { id, coordinates, timesMs } = set.at(i);
    const columns = Object.entries(set.pointColumnsOf(i)).map(([name, column]) => [
      name,
      Array.from(column as ArrayLike<ColumnValue>, said),
    ]);
    return {
      id,
      coordinates: Array.from(coordinates, (value) => value + 0),
      timesMs: Array.from({ length: coordinates.length / 2 }, (_, k) => {
        const ms = timesMs?.[k] ?? Number.NaN;
        return Number.isNaN(ms) ? null : ms + 0;
      }),
      columns: sorted(columns.filter(([, values]) => (values as unknown[]).some((value) => value !== null))),
      properties: sorted(
        Object.entries(set.propertiesOf(i))
          .map(([name, value]) => [name, said(value)])
          .filter(([, value]) => value !== null),
      ),
    };
  });
}

/** NaN is no value, and −0 is 0. */
function said(value: ColumnValue): ColumnValue {
  if (typeof value === "number") return Number.isNaN(value) ? null : value + 0;
  return value;
}

function sorted(entries: readonly (readonly unknown[])[]): unknown {
  return [...entries].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

import { emptyRecord } from "../foundation/lookup.js";
import {
  type ColumnValue,
  type CoordinateSystem,
  isSameValue,
  type PointColumn,
} from "../trajectories/columns.js";
import { TrajectorySet } from "../trajectories/trajectory-set.js";
import { GrowableColumn, GrowableNumbers } from "./growable.js";

/** A trajectory with all that its file says of it. */
export interface WholeTrajectory {
  readonly id: string;
  /** Interleaved, `[points × 2]`. */
  readonly positions: Float64Array;
  /** NaN for a point without time. */
  readonly timesMs: Float64Array | undefined;
  readonly columns: Readonly<Record<string, PointColumn>>;
  /** Whether `columns` may hold values of the whole, repeated at every point. */
  readonly columnsFromRows: boolean;
  readonly certain?: ReadonlySet<string> | undefined;
  readonly properties: Readonly<Record<string, ColumnValue>>;
}

/** Joins whole trajectories to a set; columns that some lack are filled with nothing. */
export class SetAssembler {
  readonly #coordinateSystem: CoordinateSystem;
  readonly #coordinates = new GrowableNumbers();
  readonly #times = new GrowableNumbers();
  readonly #offsets: number[] = [0];
  readonly #ids: string[] = [];
  readonly #columns = new Map<string, GrowableColumn>();
  readonly #properties = new Map<string, ColumnValue[]>();
  /** Columns that did not all come from rows: they are points' whatever they hold. */
  readonly #certain = new Set<string>();
  #hasTimes = false;

  constructor(coordinateSystem: CoordinateSystem) {
    this.#coordinateSystem = coordinateSystem;
  }

  get length(): number {
    return this.#ids.length;
  }

  get pointCount(): number {
    return this.#coordinates.length / 2;
  }

  add({ id, positions, timesMs, columns, columnsFromRows, certain, properties }: WholeTrajectory): void {
    const start = this.pointCount;
    this.#coordinates.pushAll(positions);
    const end = this.pointCount;
    if (timesMs?.some((time) => !Number.isNaN(time))) {
      this.#hasTimes = true;
      this.#times.padTo(start, Number.NaN);
      this.#times.pushAll(timesMs);
    }
    this.#ids.push(id);
    this.#offsets.push(end);
    for (const name of Object.keys(columns)) {
      const column = this.#columnOf(name, start);
      if (!columnsFromRows || certain?.has(name)) this.#certain.add(name);
      column.padTo(start);
      column.pushAll(columns[name]!);
    }
    for (const name of Object.keys(properties)) this.#addProperty(name, properties[name]!, start, end);
  }

  /** What some trajectories give by point and others as a whole is a column of points. */
  #addProperty(name: string, value: ColumnValue, start: number, end: number): void {
    const column = this.#columns.get(name);
    if (column !== undefined) {
      if (column.length > start) return; // this trajectory gives it by point
      column.padTo(start);
      for (let point = start; point < end; point++) column.push(value);
      return;
    }
    const property = this.#properties.get(name) ?? [];
    this.#properties.set(name, property);
    while (property.length < this.length - 1) property.push(null);
    property.push(value);
  }

  /**
   * Where rows are points, a trajectory's own values stand at each of its points: a column that is constant within every
   * trajectory is a property. Undefined for another column, and where no trajectory has two points, which would tell.
   */
  #folded(column: PointColumn): ColumnValue[] | undefined {
    const property: ColumnValue[] = [];
    let tells = false;
    for (let i = 0; i < this.length; i++) {
      const start = this.#offsets[i]!;
      const end = this.#offsets[i + 1]!;
      for (let point = start + 1; point < end; point++) {
        if (!isSameValue(column[point], column[start])) return undefined;
        tells = true;
      }
      const value = start < end ? column[start]! : null;
      property.push(Number.isNaN(value) ? null : value);
    }
    return tells ? property : undefined;
  }

  #columnOf(name: string, pointCount: number): GrowableColumn {
    let column = this.#columns.get(name);
    if (column !== undefined) return column;
    column = new GrowableColumn();
    this.#columns.set(name, column);
    const property = this.#properties.get(name);
    if (property === undefined) return column;
    this.#properties.delete(name);
    for (const [i, value] of property.entries()) {
      for (let point = this.#offsets[i]!; point < Math.min(this.#offsets[i + 1]!, pointCount); point++) {
        column.push(value);
      }
    }
    return column;
  }

  build(): TrajectorySet {
    if (this.#hasTimes) this.#times.padTo(this.pointCount, Number.NaN);
    const pointColumns = emptyRecord<PointColumn>();
    for (const [name, column] of this.#columns) {
      column.padTo(this.pointCount);
      const values = column.toColumn();
      const folded = this.#certain.has(name) ? undefined : this.#folded(values);
      if (folded === undefined) pointColumns[name] = values;
      else this.#properties.set(name, folded);
    }
    const properties = emptyRecord<readonly ColumnValue[]>();
    for (const [name, column] of this.#properties) {
      while (column.length < this.length) column.push(null);
      properties[name] = column;
    }
    return new TrajectorySet(
      {
        coordinates: this.#coordinates.toArray(),
        offsets: Uint32Array.from(this.#offsets),
        timesMs: this.#hasTimes ? this.#times.toArray() : undefined,
        ids: this.#ids,
        coordinateSystem: this.#coordinateSystem,
        pointColumns,
        properties,
      },
      { validate: false }, // the collector checked every point
    );
  }
}

import { type PointColumn, type PropertyColumn, TrajectorySet, toCsv } from "@wayweave/geo-core";

/** The columns of a table's first batch, which later ones are brought to. */
interface Layout {
  readonly header: readonly string[];
  readonly hasTimes: boolean;
  readonly pointColumns: readonly string[];
  readonly properties: readonly string[];
}

/** Batches of trips as one CSV table with a row a trip. */
export class CsvTable {
  readonly #last: readonly string[];
  #layout: Layout | undefined;
  /** In how many trips a column was left out, since the table has no place for it. */
  readonly leftOut = new Map<string, number>();

  /** @param last properties that every batch has; they stand behind the others */
  constructor(last: readonly string[]) {
    this.#last = last;
  }

  async *text(batches: AsyncIterable<TrajectorySet>): AsyncGenerator<string, void> {
    for await (const set of batches) yield this.#rows(set);
  }

  #rows(set: TrajectorySet): string {
    if (this.#layout === undefined) {
      const properties = Object.keys(set.properties).filter((name) => !this.#last.includes(name));
      const layout = {
        hasTimes: set.timesMs !== undefined,
        pointColumns: Object.keys(set.pointColumns),
        properties: [...properties, ...this.#last],
      };
      const text = textOf(set, layout, new Set());
      this.#layout = { ...layout, header: headerOf(text) };
      return text;
    }
    const layout = this.#layout;
    const without = new Set<string>();
    const leave = (name: string) => this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + set.length);
    const note = (name: string) => {
      without.add(name);
      leave(name);
    };
    if (!layout.hasTimes && set.timesMs !== undefined) leave("times");
    for (const name of Object.keys(set.pointColumns)) if (!layout.pointColumns.includes(name)) note(name);
    for (const name of Object.keys(set.properties)) {
      if (!layout.properties.includes(name) && !layout.pointColumns.includes(name)) note(name);
    }
    let text = textOf(set, layout, without);
    // A column's name tells the kind of its values: where these differ, the header of the first batch would tell lies.
    const header = headerOf(text);
    const other = layout.header
      .filter((name, i) => header[i] !== name)
      .map((name) => name.replace(/(\[\]|\{\})$/, ""))
      .filter((name) => !without.has(name) && (name in set.pointColumns || name in set.properties));
    if (other.length > 0) {
      for (const name of other) note(name);
      text = textOf(set, layout, without);
    }
    return text.slice(text.indexOf("\n") + 1);
  }
}

function headerOf(text: string): readonly string[] {
  return text.slice(0, text.indexOf("\n")).split(",");
}

function textOf(
  set: TrajectorySet,
  { hasTimes, pointColumns, properties }: Omit<Layout, "header">,
  without: ReadonlySet<string>,
): string {
  const { coordinates, offsets, ids, coordinateSystem, pointCount } = set;
  const timesMs = hasTimes ? (set.timesMs ?? new Float64Array(pointCount).fill(Number.NaN)) : undefined;
  const columns = (
    names: readonly string[],
    has: Readonly<Record<string, PointColumn | PropertyColumn>>,
    count: number,
  ) =>
    Object.fromEntries(
      names.map((name) => {
        const column = without.has(name) ? undefined : has[name];
        return [name, column ?? new Array<null>(count).fill(null)];
      }),
    );
  // A value that all points of a trip share is read as one of the trip, in one batch and not in another.
  const shared = Object.fromEntries(
    pointColumns
      .filter((name) => name in set.properties && !without.has(name))
      .map((name) => [name, perPoint(set, set.properties[name]!)]),
  );
  const plain = new TrajectorySet(
    {
      coordinates,
      offsets,
      ids,
      coordinateSystem,
      timesMs,
      pointColumns: columns(pointColumns, { ...set.pointColumns, ...shared }, pointCount) as Record<
        string,
        PointColumn
      >,
      properties: columns(properties, set.properties, set.length) as Record<string, PropertyColumn>,
    },
    { validate: false },
  );
  return toCsv(plain, { layout: "trajectories", timeFormat: "iso" });
}

function perPoint(set: TrajectorySet, property: PropertyColumn): PointColumn {
  return Array.from({ length: set.length }, (_, i) =>
    new Array<(typeof property)[number]>(set.pointCountOf(i)).fill(property[i]!),
  ).flat();
}

import { isFloat64Array } from "../foundation/realms.js";
import { parseDecimalText, quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import type { ToLonLat } from "./crs.js";
import { PointBuffer } from "./point-buffer.js";
import type { SkipReason } from "./report.js";
import { takeColumns, takeNumbers, takePositions } from "./take-points.js";

/** One row's point. */
export interface GroupedPoint {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** NaN where it has none. */
  readonly timeMs: number;
  readonly line: number;
}

interface OpenTrajectory<Attributes> {
  readonly id: string;
  readonly points: PointBuffer;
  readonly attributes: Attributes;
}

export interface GrouperOptions {
  /**
   * `grouped`: the rows of an id stand together and are handed on at once; an id that comes back is rejected. `any`: the
   * rows may be interleaved and are held until the end.
   */
  readonly rowOrder: "grouped" | "any";
  /** Whether the rows have a column of times. */
  readonly hasTimes: boolean;
  /** Whether times are as their writer meant them, whatever their date. */
  readonly anyDate: boolean;
  readonly toLonLat: ToLonLat | undefined;
  /** Names of columns that are points' even where they are constant within every trajectory. @defaultValue none */
  readonly certain?: ReadonlySet<string>;
  /** The column whose numbers tell the order of the points. @defaultValue none: they stand in their order */
  readonly sequence?: string | undefined;
}

/** What the last row may be needed to tell. */
export type ToldLast = Pick<GrouperOptions, "hasTimes" | "sequence">;

/** Joins rows of one point each into trajectories by their ids. */
export class PointGrouper<Attributes> {
  readonly #collector: TrajectoryCollector<Attributes>;
  readonly #options: GrouperOptions;
  /** Ids whose rows have ended (`grouped`). */
  readonly #ended = new Set<string>();
  /** Trajectories under way. */
  readonly #open = new Map<string, OpenTrajectory<Attributes>>();

  constructor(collector: TrajectoryCollector<Attributes>, options: GrouperOptions) {
    this.#collector = collector;
    this.#options = options;
  }

  /**
   * A row's point; `attributesOf` is called for the first row of an id.
   *
   * @returns the trajectory's points, for further values of the one added; undefined where the row was rejected
   */
  add(point: GroupedPoint, attributesOf: () => Attributes): PointBuffer | undefined {
    const { id, x, y, timeMs, line } = point;
    let open = this.#open.get(id);
    if (open === undefined) {
      if (this.#ended.has(id)) {
        const message = `rows of one id must stand together (or rowOrder: "any"), got ${quoted(id)} again`;
        this.#collector.reject("id comes back", message, line);
        return undefined;
      }
      if (this.#options.rowOrder === "grouped") this.#endAll();
      open = { id, points: new PointBuffer(), attributes: attributesOf() };
      this.#open.set(id, open);
    }
    open.points.add(x, y, timeMs, line);
    return open.points;
  }

  /** Leaves out what is under way if none of it has more than one point. */
  leaveOutSingle(reason: SkipReason): void {
    const all = [...this.#open.values()];
    if (all.some(({ points }) => points.length > 1)) return;
    this.#open.clear();
    const { ledger, file } = this.#collector;
    for (const { points } of all) ledger.exclude(reason, { file, line: points.firstLine });
  }

  /** @param told what only the last row told, instead of what the options said */
  finish(told?: ToldLast): void {
    this.#endAll(told);
  }

  #endAll({ hasTimes, sequence }: ToldLast = this.#options): void {
    const all = [...this.#open.values()];
    this.#open.clear();
    const { anyDate, toLonLat, rowOrder, certain } = this.#options;
    for (const { id, points, attributes } of all) {
      if (rowOrder === "grouped") this.#ended.add(id);
      this.#collector.add(
        {
          id,
          ...this.#inSequence(sequence, {
            positions: points.positions(),
            timesMs: hasTimes ? points.timesMs() : undefined,
            columns: points.columns(),
            lines: points.lines(),
          }),
          columnsFromRows: true,
          ...(certain === undefined ? {} : { certain }),
          records: "points",
          toLonLat,
          anyDate,
        },
        attributes,
      );
    }
  }

  /** The points in the order that their numbers tell, which is counted where it is another than they stand in. */
  #inSequence(sequence: string | undefined, points: Points): Points {
    const column = sequence === undefined ? undefined : points.columns[sequence];
    if (column === undefined) return points;
    // Quoted numbers are text.
    const numbers = isFloat64Array(column) ? column : Float64Array.from(column, numberOf);
    if (numbers.some(Number.isNaN)) return points;
    if (numbers.every((number, i) => i === 0 || number >= numbers[i - 1]!)) return points;
    const order = Uint32Array.from(numbers, (_, i) => i).sort((a, b) => numbers[a]! - numbers[b]!);
    const { ledger, file } = this.#collector;
    ledger.mend("sorted", { file, line: points.lines[0]! });
    return {
      positions: takePositions(points.positions, order),
      timesMs: points.timesMs === undefined ? undefined : takeNumbers(points.timesMs, order),
      columns: takeColumns(points.columns, order),
      lines: takeNumbers(points.lines, order),
    };
  }
}

function numberOf(value: unknown): number {
  return typeof value === "string" ? parseDecimalText(value.trim()) : Number(value ?? Number.NaN);
}

/** What the collector takes of a trajectory's points. */
interface Points {
  readonly positions: Float64Array;
  readonly timesMs: Float64Array | undefined;
  readonly columns: ReturnType<PointBuffer["columns"]>;
  readonly lines: Float64Array;
}

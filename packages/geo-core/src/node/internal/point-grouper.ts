import { quoted } from "./bytes.js";
import type { TrajectoryCollector } from "./collector.js";
import { PointBuffer } from "./point-buffer.js";

/**
 * Joins rows of one point each into trajectories by their ids.
 *
 * `grouped`: the rows of an id stand together and are handed on at once; an id that comes back is rejected. `any`: the
 * rows may be interleaved and are held until `finish`.
 */
export class PointGrouper<Attributes> {
  readonly #collector: TrajectoryCollector<Attributes>;
  readonly #rowOrder: "grouped" | "any";
  /** Ids whose rows have ended (`grouped`). */
  readonly #ended = new Set<string>();
  /** Trajectories under way (`any`). */
  readonly #open = new Map<string, { points: PointBuffer; attributes: Attributes }>();
  #current: { id: string; attributes: Attributes } | undefined;

  constructor(collector: TrajectoryCollector<Attributes>, rowOrder: "grouped" | "any") {
    this.#collector = collector;
    this.#rowOrder = rowOrder;
  }

  /** A row's point; `attributesOf` is called for the first row of an id. */
  add(
    id: string,
    x: number,
    y: number,
    timeMs: number | undefined,
    attributesOf: () => Attributes,
    line: number,
  ): void {
    if (this.#rowOrder === "any") {
      this.#hold(id, x, y, timeMs, attributesOf, line);
    } else if (id === this.#current?.id || this.#begin(id, attributesOf, line)) {
      this.#collector.add(x, y, timeMs, line);
    }
  }

  finish(): void {
    this.#end();
    for (const [id, { points, attributes }] of this.#open) this.#collector.addPoints(id, points, attributes);
    this.#open.clear();
  }

  #begin(id: string, attributesOf: () => Attributes, line: number): boolean {
    if (this.#ended.has(id)) {
      const message = `rows of one id must stand together (or rowOrder: "any"), got ${quoted(id)} again`;
      this.#collector.reject("id comes back", message, line);
      return false;
    }
    this.#end();
    this.#current = { id, attributes: attributesOf() };
    this.#collector.begin(id);
    return true;
  }

  #end(): void {
    if (this.#current === undefined) return;
    this.#collector.end(this.#current.attributes);
    this.#ended.add(this.#current.id);
    this.#current = undefined;
  }

  #hold(
    id: string,
    x: number,
    y: number,
    timeMs: number | undefined,
    attributesOf: () => Attributes,
    line: number,
  ): void {
    if (!this.#collector.isPosition(x, y, line)) return;
    let open = this.#open.get(id);
    if (open === undefined) {
      open = { points: new PointBuffer(), attributes: attributesOf() };
      this.#open.set(id, open);
    } else if (timeMs !== undefined && !this.#collector.isLater(timeMs, open.points.lastTimeMs, line)) {
      return;
    }
    open.points.add(x, y, timeMs ?? Number.NaN);
  }
}

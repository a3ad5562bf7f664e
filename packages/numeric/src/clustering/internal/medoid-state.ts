import { type CondensedDistances, type CondensedRows, emptyLike } from "../../matrix/condensed.js";

/** A swap must improve the objective by more than rounding can: this share of it. */
const LEAST_RELATIVE_GAIN = 1e-12;

/**
 * Medoids and what FasterPAM keeps of every object: its nearest and second nearest medoid and the distances to them.
 *
 * Medoids are numbered by slot, 0 … k − 1; a swap replaces a slot's object.
 */
export class MedoidState {
  /** The object in each slot, `[k]`. */
  readonly medoids: Uint32Array;
  /** The slot of each object's nearest medoid, `[n]`. */
  readonly nearest: Uint32Array;
  /** Σ d(object, its nearest medoid). */
  objective = 0;
  swaps = 0;
  readonly #n: number;
  readonly #k: number;
  readonly #isMedoid: Uint8Array;
  /** The medoids' rows, `[k × n]`: a swap needs distances to all of them. */
  readonly #medoidRows: CondensedDistances;
  readonly #nearestDistance: Float64Array;
  readonly #second: Uint32Array;
  /** Infinite where k = 1. */
  readonly #secondDistance: Float64Array;
  /** By how much the objective grows when a slot's medoid goes, `[k]`. */
  readonly #removalLoss: Float64Array;
  readonly #change: Float64Array;

  constructor(rows: CondensedRows, distances: CondensedDistances, medoids: Uint32Array) {
    const { n } = rows;
    const k = medoids.length;
    this.#n = n;
    this.#k = k;
    this.medoids = medoids;
    this.nearest = new Uint32Array(n);
    this.#isMedoid = new Uint8Array(n);
    this.#medoidRows = emptyLike(distances, k * n);
    this.#nearestDistance = new Float64Array(n);
    this.#second = new Uint32Array(n);
    this.#secondDistance = new Float64Array(n);
    this.#removalLoss = new Float64Array(k);
    this.#change = new Float64Array(k);
    for (let slot = 0; slot < k; slot++) {
      this.#isMedoid[medoids[slot]!] = 1;
      rows.copyRow(medoids[slot]!, this.#medoidRows.subarray(slot * n, (slot + 1) * n));
    }
    for (let object = 0; object < n; object++) this.#scan(object);
    this.#sum();
  }

  /**
   * Replaces the medoid whose exchange for `candidate` lowers the objective most, if any does.
   *
   * @param row the candidate's distances to all objects, `[n]`
   */
  trySwap(candidate: number, row: CondensedDistances): boolean {
    if (this.#isMedoid[candidate] === 1) return false;
    const slot = this.#k === 1 ? this.#tryOnly(row) : this.#bestSlot(row);
    if (slot < 0) return false;
    this.#swap(slot, candidate, row);
    return true;
  }

  /** FasterPAM's inner loop (Algorithm 4, lines 7–14): the change for every slot at once. */
  #bestSlot(row: CondensedDistances): number {
    const n = this.#n;
    const change = this.#change;
    const nearest = this.nearest;
    const nearestDistance = this.#nearestDistance;
    const secondDistance = this.#secondDistance;
    change.set(this.#removalLoss);
    let gain = 0; // ΔTD⁺: what the candidate wins whichever medoid goes
    for (let object = 0; object < n; object++) {
      const distance = row[object]!;
      if (distance >= secondDistance[object]!) continue;
      const slot = nearest[object]!;
      const own = nearestDistance[object]!;
      if (distance < own) {
        gain += distance - own;
        change[slot] = change[slot]! + own - secondDistance[object]!;
      } else {
        change[slot] = change[slot]! + distance - secondDistance[object]!;
      }
    }
    let best = 0;
    for (let slot = 1; slot < this.#k; slot++) if (change[slot]! < change[best]!) best = slot;
    return change[best]! + gain < -LEAST_RELATIVE_GAIN * this.objective ? best : -1;
  }

  /** With one medoid there is no second one: the candidate's own sum decides. */
  #tryOnly(row: CondensedDistances): number {
    let sum = 0;
    for (let object = 0; object < this.#n; object++) sum += row[object]!;
    return sum < this.objective * (1 - LEAST_RELATIVE_GAIN) ? 0 : -1;
  }

  #swap(slot: number, candidate: number, row: CondensedDistances): void {
    this.#isMedoid[this.medoids[slot]!] = 0;
    this.#isMedoid[candidate] = 1;
    this.medoids[slot] = candidate;
    this.#medoidRows.set(row, slot * this.#n);
    this.swaps++;
    for (let object = 0; object < this.#n; object++) {
      const distance = row[object]!;
      if (this.nearest[object] === slot || this.#second[object] === slot) {
        this.#scan(object);
      } else if (distance < this.#nearestDistance[object]!) {
        this.#second[object] = this.nearest[object]!;
        this.#secondDistance[object] = this.#nearestDistance[object]!;
        this.nearest[object] = slot;
        this.#nearestDistance[object] = distance;
      } else if (distance < this.#secondDistance[object]!) {
        this.#second[object] = slot;
        this.#secondDistance[object] = distance;
      }
    }
    this.#sum();
  }

  /** Finds an object's nearest and second nearest medoid; the lower slot wins a tie, and a medoid its own. */
  #scan(object: number): void {
    let nearest = 0;
    let second = 0;
    let nearestDistance = Number.POSITIVE_INFINITY;
    let secondDistance = Number.POSITIVE_INFINITY;
    for (let slot = 0, at = object; slot < this.#k; slot++, at += this.#n) {
      const distance = this.#medoidRows[at]!;
      if (distance < nearestDistance || (distance === nearestDistance && this.medoids[slot] === object)) {
        second = nearest;
        secondDistance = nearestDistance;
        nearest = slot;
        nearestDistance = distance;
      } else if (distance < secondDistance) {
        second = slot;
        secondDistance = distance;
      }
    }
    this.nearest[object] = nearest;
    this.#nearestDistance[object] = nearestDistance;
    this.#second[object] = second;
    this.#secondDistance[object] = secondDistance;
  }

  #sum(): void {
    this.objective = 0;
    this.#removalLoss.fill(0);
    for (let object = 0; object < this.#n; object++) {
      const slot = this.nearest[object]!;
      this.objective += this.#nearestDistance[object]!;
      this.#removalLoss[slot] =
        this.#removalLoss[slot]! + this.#secondDistance[object]! - this.#nearestDistance[object]!;
    }
  }
}

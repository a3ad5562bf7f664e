import { largestSignal, type PreparedSignal, signalAt } from "./signals.js";
import { sortByValue } from "./sort-by-value.js";
import { meets, type Predicate } from "./where.js";

/** Bits of a node's set of codes, in words of 32. Codes beyond share bits. */
export const SET_WORDS = 4;
const SET_BITS = 32 * SET_WORDS;

/** The sections of a tree's buffer that hold attributes. */
export interface AttributeSections {
  /** [attributes, count]; NaN where missing. */
  readonly values: Float64Array;
  /** [attributes, count]: slots by value, equal values by slot, missing ones last. */
  readonly order: Uint32Array;
  /** [nodes, attributes, 2]: the least and the greatest value below a node; +∞ and −∞ where all are missing. */
  readonly ranges: Float64Array;
  /** [nodes, attributes, {@link SET_WORDS}]: bit v mod 128 for every whole number v below a node. */
  readonly sets: Uint32Array;
}

/** The objects that meet a predicate: stretches of {@link AttributeSections.order}. */
export interface Postings {
  readonly count: number;
  /** Begin and end of each stretch. */
  readonly stretches: readonly (readonly [number, number])[];
}

/** A tree's attributes: values by slot, slots by value, and what each node's objects have at most. */
export class AttributeTable {
  readonly sections: AttributeSections;
  readonly #count: number;
  readonly #attributes: number;

  constructor(sections: AttributeSections, count: number, attributes: number) {
    this.sections = sections;
    this.#count = count;
    this.#attributes = attributes;
  }

  value(slot: number, attribute: number): number {
    return this.sections.values[attribute * this.#count + slot]!;
  }

  meetsAll(slot: number, predicates: readonly Predicate[]): boolean {
    for (const predicate of predicates) {
      if (!meets(predicate, this.value(slot, predicate.attribute))) return false;
    }
    return true;
  }

  /** Whether a node may hold objects that meet every predicate. */
  mayMeet(node: number, predicates: readonly Predicate[]): boolean {
    const { ranges, sets } = this.sections;
    for (const { attribute, min, max, codes } of predicates) {
      const place = node * this.#attributes + attribute;
      if (ranges[2 * place]! > max || ranges[2 * place + 1]! < min) return false;
      if (codes !== undefined) {
        if (!hasAny(sets, place * SET_WORDS, codes)) return false;
      } else if (min === max && Number.isInteger(min) && !hasBit(sets, place * SET_WORDS, min)) return false;
    }
    return true;
  }

  /** Σ weight · s of an object. */
  signals(slot: number, signals: readonly PreparedSignal[]): number {
    let sum = 0;
    for (const signal of signals) sum += signal.weight * signalAt(signal, this.value(slot, signal.attribute));
    return sum;
  }

  /** At least Σ weight · s of every object below a node. */
  largestSignals(node: number, signals: readonly PreparedSignal[]): number {
    const { ranges } = this.sections;
    let sum = 0;
    for (const signal of signals) {
      const place = 2 * (node * this.#attributes + signal.attribute);
      sum += signal.weight * largestSignal(signal, ranges[place]!, ranges[place + 1]!);
    }
    return sum;
  }

  /** The objects that meet the predicate which fewest do. */
  fewest(predicates: readonly Predicate[]): Postings {
    let least: Postings | undefined;
    for (const predicate of predicates) {
      const postings = this.#postings(predicate);
      if (least === undefined || postings.count < least.count) least = postings;
    }
    return least!;
  }

  #postings({ attribute, min, max, codes }: Predicate): Postings {
    const limits =
      codes === undefined ? [[min, max] as const] : [...codes].map((code) => [code, code] as const);
    const stretches = limits.map(
      ([low, high]) =>
        [this.#firstAtLeast(attribute, low, false), this.#firstAtLeast(attribute, high, true)] as const,
    );
    return { count: stretches.reduce((sum, [begin, end]) => sum + Math.max(0, end - begin), 0), stretches };
  }

  /** The first place in an attribute's order whose value is ≥ (or, where `beyond`, >) a limit, or is missing. */
  #firstAtLeast(attribute: number, limit: number, beyond: boolean): number {
    const { values, order } = this.sections;
    const start = attribute * this.#count;
    let low = start;
    let high = start + this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const value = values[start + order[middle]!]!;
      if (beyond ? value <= limit : value < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A table of the same shape. */
  like(sections: AttributeSections): AttributeTable {
    return new AttributeTable(sections, this.#count, this.#attributes);
  }

  /** Fills everything in from the values. Children come after their parents, so nodes are visited backwards. */
  index(nodeStarts: Uint32Array, nodeSizes: Uint32Array, leafFlag: number): void {
    const { values, order, ranges, sets } = this.sections;
    const count = this.#count;
    for (let a = 0; a < this.#attributes; a++) {
      sortByValue(values.subarray(a * count, (a + 1) * count), order.subarray(a * count, (a + 1) * count));
    }
    const attributes = this.#attributes;
    for (let node = nodeStarts.length - 1; node >= 0; node--) {
      const isLeaf = nodeSizes[node]! >= leafFlag;
      const start = nodeStarts[node]!;
      const end = start + ((nodeSizes[node]! & ~leafFlag) >>> 0);
      for (let a = 0; a < attributes; a++) {
        const place = node * attributes + a;
        let low = Number.POSITIVE_INFINITY;
        let high = Number.NEGATIVE_INFINITY;
        for (let i = start; i < end; i++) {
          if (isLeaf) {
            const value = values[a * count + i]!;
            if (Number.isNaN(value)) continue;
            low = Math.min(low, value);
            high = Math.max(high, value);
            if (Number.isInteger(value)) setBit(sets, place * SET_WORDS, value);
          } else {
            const child = i * attributes + a;
            low = Math.min(low, ranges[2 * child]!);
            high = Math.max(high, ranges[2 * child + 1]!);
            for (let w = 0; w < SET_WORDS; w++) sets[place * SET_WORDS + w]! |= sets[child * SET_WORDS + w]!;
          }
        }
        ranges[2 * place] = low;
        ranges[2 * place + 1] = high;
      }
    }
  }
}

/** Whether orders, ranges and sets are what the values make them. */
export function isIndexed(
  table: AttributeTable,
  nodeStarts: Uint32Array,
  nodeSizes: Uint32Array,
  leafFlag: number,
): boolean {
  const { values, order, ranges, sets } = table.sections;
  const again = {
    values,
    order: new Uint32Array(order.length),
    ranges: new Float64Array(ranges.length),
    sets: new Uint32Array(sets.length),
  };
  table.like(again).index(nodeStarts, nodeSizes, leafFlag);
  return areEqual(order, again.order) && areEqual(ranges, again.ranges) && areEqual(sets, again.sets);
}

function areEqual(a: Float64Array | Uint32Array, b: Float64Array | Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The bit of a whole number, however large. */
function bitOf(value: number): number {
  return ((value % SET_BITS) + SET_BITS) % SET_BITS;
}

function setBit(sets: Uint32Array, start: number, value: number): void {
  const bit = bitOf(value);
  sets[start + (bit >> 5)]! |= 1 << (bit & 31);
}

function hasBit(sets: Uint32Array, start: number, value: number): boolean {
  const bit = bitOf(value);
  return ((sets[start + (bit >> 5)]! >>> (bit & 31)) & 1) === 1;
}

function hasAny(sets: Uint32Array, start: number, codes: ReadonlySet<number>): boolean {
  for (const code of codes) if (hasBit(sets, start, code)) return true;
  return false;
}

import {
  checkFinite,
  checkInRange,
  checkOneOf,
  checkOptions,
  checkPositive,
  ValueError,
} from "@wayweave/geo-core/foundation";
import type { Schema } from "./schema.js";

type NumberNames<A> = { [name in keyof A]: A[name] extends number ? name : never }[keyof A];

/**
 * A further term of the score: weight · s, where s in [0, 1] depends on a number of the object. A missing number gives 0.
 *
 * * `ramp`: (value − from) / (to − from), 0 before `from` and 1 beyond `to`; `to` may be the smaller (cheap is good).
 * * `linear`: 1 − d′ / scale, and 0 beyond the scale, with d′ = max(0, |value − origin| − offset).
 * * `exponential`: exp(−d′ / scale).
 * * `gaussian`: exp(−½ (d′ / scale)²).
 */
export type Signal<A> = {
  /** The name of an attribute of numbers. */
  readonly attribute: NumberNames<A> & string;
  /** In [0, 10⁶]; proximity and similarity weigh μ and 1 − μ, or what `weights` says. */
  readonly weight: number;
} & (
  | { readonly kind: "ramp"; readonly from: number; readonly to: number }
  | {
      readonly kind: "linear" | "exponential" | "gaussian";
      readonly origin: number;
      readonly scale: number;
      /** Default 0. */
      readonly offset?: number;
    }
);

/** The kinds that a {@link Signal} may have. */
export const signalKinds = ["ramp", "linear", "exponential", "gaussian"] as const;
const MOST_SIGNALS = 4;
/** Sums of larger weights could overflow, and leave no digits to place and meaning. */
export const LARGEST_WEIGHT = 1e6;

/** A signal as plain data, for inner loops and other threads. */
export interface PreparedSignal {
  readonly attribute: number;
  readonly weight: number;
  readonly kind: (typeof signalKinds)[number];
  /** `from` of a ramp, the origin of the others. */
  readonly origin: number;
  /** `to − from` of a ramp, the scale of the others. */
  readonly scale: number;
  readonly offset: number;
}

interface LooseSignal {
  readonly attribute: string;
  readonly weight: number;
  readonly kind: string;
  readonly from?: number;
  readonly to?: number;
  readonly origin?: number;
  readonly scale?: number;
  readonly offset?: number;
}

/** @throws {ValueError} more than four, an unknown or other attribute, or a number out of range */
export function prepareSignals(
  where: string,
  schema: Schema,
  signals: readonly LooseSignal[] | undefined,
): PreparedSignal[] {
  if (signals === undefined) return [];
  if (!Array.isArray(signals) || signals.length > MOST_SIGNALS) {
    throw new ValueError(`${where}: signals must be an array of at most ${MOST_SIGNALS}`);
  }
  return signals.map((signal: LooseSignal, i) => {
    const name = `signals[${i}]`;
    checkOneOf(where, `${name}.kind`, signal?.kind, signalKinds);
    const { kind, weight } = signal;
    const attribute = schema.indexOf(where, `${name}.attribute`, signal.attribute);
    if (schema.types[attribute] !== "number") {
      throw new ValueError(
        `${where}: ${name}.attribute must hold numbers, but ${signal.attribute} is of type ${schema.types[attribute]}`,
      );
    }
    checkInRange(where, `${name}.weight`, weight, 0, LARGEST_WEIGHT);
    if (kind === "ramp") {
      checkOptions(`${where}: ${name}`, signal, ["attribute", "weight", "kind", "from", "to"]);
      const { from, to } = signal as { from: number; to: number };
      checkFinite(where, `${name}.from`, from);
      checkFinite(where, `${name}.to`, to);
      if (from === to) throw new ValueError(`${where}: ${name}.to must differ from from, got ${to} twice`);
      if (!Number.isFinite(to - from)) {
        throw new ValueError(
          `${where}: ${name}.to must be within ${Number.MAX_VALUE} of from, got ${to} and ${from}`,
        );
      }
      return { attribute, weight, kind, origin: from, scale: to - from, offset: 0 };
    }
    checkOptions(`${where}: ${name}`, signal, ["attribute", "weight", "kind", "origin", "scale", "offset"]);
    const { origin, scale, offset = 0 } = signal as { origin: number; scale: number; offset?: number };
    checkFinite(where, `${name}.origin`, origin);
    checkPositive(where, `${name}.scale`, scale);
    checkInRange(where, `${name}.offset`, offset, 0, Number.MAX_VALUE);
    return { attribute, weight, kind, origin, scale, offset };
  });
}

/** s of a value, in [0, 1]; 0 where it is missing (NaN). */
export function signalAt({ kind, origin, scale, offset }: PreparedSignal, value: number): number {
  if (Number.isNaN(value)) return 0;
  if (kind === "ramp") {
    const t = (value - origin) / scale;
    return t > 0 ? Math.min(1, t) : 0;
  }
  const beyond = Math.abs(value - origin) - offset;
  if (!(beyond > 0)) return 1;
  const t = beyond / scale;
  if (kind === "linear") return t < 1 ? 1 - t : 0;
  return kind === "exponential" ? Math.exp(-t) : Math.exp(-0.5 * t * t);
}

/** The largest s of any value in [low, high]; 0 where the range is empty. */
export function largestSignal(signal: PreparedSignal, low: number, high: number): number {
  if (!(low <= high)) return 0;
  if (signal.kind === "ramp") return signalAt(signal, signal.scale > 0 ? high : low);
  return signalAt(signal, Math.min(high, Math.max(low, signal.origin)));
}

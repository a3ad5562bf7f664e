import { pairOrderOf, parsePositionPair } from "../position-pair.js";
import { rolesOfTable } from "../table-roles.js";
import { isObject, type JsonObject } from "./json-object.js";

/** An object's position, and what else it says. */
export interface Placed {
  /** Longitude and latitude as they stand there; the geometry's reader turns away what is no number. */
  readonly position: readonly unknown[];
  readonly others: JsonObject;
}

/** The members that hold a position; `isE7` where they are whole numbers of 10⁻⁷ degrees. One member may hold both numbers. */
type Names = { readonly x: string; readonly y: string; readonly isE7: boolean } | { readonly pair: string };

/** {@link placedIn} for rows, whose names it looks at once. */
export class JsonPlaces {
  /** The names of places by those of all members: rows have the same ones, mostly. */
  readonly #known = new Map<string, Names | undefined>();

  /** As {@link placedIn}. */
  placedIn(value: unknown): Placed | undefined {
    return placedIn(value, (names) => this.#namesAmong(names));
  }

  #namesAmong(names: readonly string[]): Names | undefined {
    const key = JSON.stringify(names);
    if (!this.#known.has(key)) {
      if (this.#known.size >= MOST_SHAPES) this.#known.clear();
      this.#known.set(key, namesAmong(names));
    }
    return this.#known.get(key);
  }
}

/**
 * An object's position by the names of its members, as in a table's header: `lat` and `lng`, `latitudeE7` and `longitudeE7`; undefined for what
 * holds no position itself.
 */
export function placedIn(
  value: unknown,
  namesOf: (names: readonly string[]) => Names | undefined = namesAmong,
): Placed | undefined {
  if (!isObject(value)) return undefined;
  const names = namesOf(Object.keys(value));
  if (names === undefined) return undefined;
  if ("pair" in names) return placedByPair(value, names.pair);
  const { [names.x]: x, [names.y]: y, ...others } = value;
  const numberOf = names.isE7 ? fromE7 : fromText;
  return { position: [numberOf(x), numberOf(y)], others };
}

/** Shapes of objects that are remembered. */
const MOST_SHAPES = 1000;

function namesAmong(names: readonly string[]): Names | undefined {
  const { x, y } = rolesOfTable(names);
  if (x !== undefined && y !== undefined && x !== y) return { x, y, isE7: false };
  const longitude = names.find((name) => /^(longitude|lon|lng)_?e7$/i.test(name));
  const latitude = names.find((name) => /^(latitude|lat)_?e7$/i.test(name));
  if (longitude !== undefined && latitude !== undefined) return { x: longitude, y: latitude, isE7: true };
  const pairs = names.filter((name) => pairOrderOf(name) !== undefined);
  return pairs.length === 1 ? { pair: pairs[0]! } : undefined;
}

function placedByPair(value: JsonObject, name: string): Placed | undefined {
  const { [name]: pair, ...others } = value;
  const position =
    typeof pair === "string" ? parsePositionPair(pair, pairOrderOf(name) ?? "latitude first") : undefined;
  return position === undefined ? undefined : { position, others };
}

/** Numbers as text are numbers all the same. */
function fromText(value: unknown): unknown {
  return typeof value === "string" && /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value) ? Number(value) : value;
}

/** Some exports hold negative numbers without their sign, 2³² too large. */
function fromE7(value: unknown): unknown {
  const number = fromText(value);
  if (typeof number !== "number") return number;
  return (number > 1_800_000_000 ? number - 2 ** 32 : number) / 1e7;
}

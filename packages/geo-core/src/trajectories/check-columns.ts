import { describeJson } from "../foundation/describe-json.js";
import { ValueError } from "../foundation/errors.js";
import { isFloat64Array } from "../foundation/realms.js";
import type { ColumnValue } from "./columns.js";

/** Half of a surrogate pair: no encoding of text can write it. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a text can be written in every encoding. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Requires every id to be text that is not empty and can be written. */
export function checkIds(where: string, ids: readonly string[]): void {
  for (let i = 0; i < ids.length; i++) checkId(`${where}: ids[${i}]`, ids[i]);
}

/** @param what how the message begins: `TrajectorySet: ids[3]` */
export function checkId(what: string, id: unknown): void {
  if (typeof id !== "string" || id === "") {
    throw new ValueError(`${what} must be text that is not empty, got ${describeJson(id)}`);
  }
  if (!isWellFormed(id)) {
    throw new ValueError(`${what} must be text without lone surrogates, got ${JSON.stringify(id)}`);
  }
}

/** Requires names of one column each, which can be written. */
export function checkNames(where: string, pointColumns: object, properties: object): void {
  for (const name of [...Object.keys(pointColumns), ...Object.keys(properties)]) {
    if (isWellFormed(name)) continue;
    throw new ValueError(
      `${where}: a column's name must be text without lone surrogates, got ${JSON.stringify(name)}`,
    );
  }
  for (const name of Object.keys(pointColumns)) {
    if (!Object.hasOwn(properties, name)) continue;
    throw new ValueError(`${where}: ${name} must be a point column or a property, got both`);
  }
}

/**
 * Requires further columns to hold what {@link ColumnValue} says; a value that is undefined is none. Infinite numbers are
 * for columns of numbers only.
 */
export function checkValues(
  where: string,
  kind: "pointColumns" | "properties",
  columns: Readonly<Record<string, ArrayLike<ColumnValue>>>,
): void {
  for (const [name, column] of Object.entries(columns)) {
    if (isFloat64Array(column) || isNumeric(column)) continue;
    for (let i = 0; i < column.length; i++) {
      const value: unknown = column[i];
      if (value === undefined || Number.isNaN(value) || isColumnValue(value, 0)) continue;
      throw new ValueError(
        `${where}: ${kind}.${name}[${i}] must be text, a finite number, a boolean, null, or lists and objects of these that are JSON, got ${describeValue(value)}`,
      );
    }
  }
}

function isNumeric(column: ArrayLike<unknown>): boolean {
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (typeof value !== "number" && value !== null && value !== undefined) return false;
  }
  return true;
}

const MAX_DEPTH = 1000;

/** Whether a value is JSON: within lists and objects numbers are finite, and nothing is undefined. */
function isColumnValue(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((member) => isColumnValue(member, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain && Object.values(value).every((member) => isColumnValue(member, depth + 1));
}

function describeValue(value: unknown): string {
  if (typeof value === "number") return String(value);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === "Object" || tag === "Array" ? describeJson(value) : `a ${tag}`;
}

/** The end of the name of a column that holds a list with a value a point. */
export const LIST_SUFFIX = "[]";
/** The end of the name of a column that holds JSON. */
export const JSON_SUFFIX = "{}";

/** Whether a column's name ends in one of our marks, and so tells no role. */
export function isMarked(name: string): boolean {
  return name.endsWith(LIST_SUFFIX) || name.endsWith(JSON_SUFFIX);
}

/** A column's name without our mark. */
export function unmarked(name: string): string {
  return isMarked(name) ? name.slice(0, -2) : name;
}

/** Columns in which our own writers keep milliseconds of any date, where rows are points and where they are lines. */
export const TIME_COLUMN = "time (ms, any date)";
export const TIMES_COLUMN = "times (ms, any date)";

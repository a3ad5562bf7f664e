/** The end of the name of a column that holds a list with a value a point. */
export const LIST_SUFFIX = "[]";
/** The end of the name of a column that holds JSON. */
export const JSON_SUFFIX = "{}";

/** Whether a column's name ends in one of our marks, and so tells no role. */
export function isMarked(name: string): boolean {
  return name.endsWith(LIST_SUFFIX) || name.endsWith(JSON_SUFFIX);
}

import { checkCursor, checkTarget, type Id, prepareSettings, type SearchQuery } from "../query.js";
import { answering } from "./checks.js";
import type { Forest } from "./forest.js";
import type { PreparedQuery } from "./prepared-query.js";
import { prepareForForest } from "./search-forest.js";
import type { StringIds } from "./string-ids.js";

/** A finished tree's objects, and the names of their numbers where ids are strings. */
export interface TreeContents {
  readonly forest: Forest;
  readonly ids: StringIds | undefined;
}

/** Checks a search of a tree, but for unknown options. */
export function prepareSearch(
  where: string,
  { forest, ids }: TreeContents,
  query: SearchQuery<never, Id>,
): PreparedQuery {
  const { dimensions, planar, schema } = forest.options;
  const { position, vector, after } = query;
  checkTarget(where, position, vector, dimensions, planar);
  const settings = prepareSettings(where, query, schema);
  if (after !== undefined) checkCursor(where, after, ids !== undefined);
  const target = { x: position[0], y: position[1], vector };
  return prepareForForest(where, forest, settings, target, {
    filter: answering(where, query.filter),
    names: ids?.names,
  });
}

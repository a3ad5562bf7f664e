import { ValueError } from "@wayweave/geo-core";

/** Options of `clusterTrips` that act with some methods only, as they were given. */
interface Given {
  readonly minClusterSize?: unknown;
  readonly fit?: unknown;
  readonly emptyClusters?: unknown;
}

/**
 * Refuses options that would have no effect beside the method and what clusters are made by.
 *
 * @param where the function that was called
 * @param settings with the defaults
 * @param given as they were given
 * @throws {ValueError} such an option
 */
export function refuseIdle(
  where: string,
  { method, clusterBy }: { readonly method: string; readonly clusterBy: string },
  given: Given,
): void {
  const refuse = (option: string, needed: string) => {
    throw new ValueError(`${where}: ${option} must go with ${needed}, got method "${method}"`);
  };
  if (given.minClusterSize !== undefined && method !== "hdbscan")
    refuse("minClusterSize", 'the method "hdbscan"');
  if (given.fit !== undefined && method !== "e2dtc") refuse("fit", 'the method "e2dtc"');
  if (given.emptyClusters !== undefined && method === "hdbscan")
    refuse("emptyClusters", "a method that makes k clusters");
  if (clusterBy === "places" && method !== "auto" && method !== "k-means")
    refuse("clusterBy", 'the method "auto" or "k-means" where it is "places"');
}

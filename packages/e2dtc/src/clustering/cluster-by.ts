/** What makes trips alike: see `clusterTrips`. */
export const clusterings = ["auto", "places", "routes"] as const;
export type ClusterBy = (typeof clusterings)[number];

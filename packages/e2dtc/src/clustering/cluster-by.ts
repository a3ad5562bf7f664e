/** All of {@link ClusterBy}. */
export const clusterings = ["auto", "places", "routes"] as const;
/**
 * What makes trips alike. `places`: where they are on the whole. `routes`: the way they take, in its direction, whatever the speed and the
 * stops. `auto`: the way as it was recorded, at the scale at which clusters hold best.
 */
export type ClusterBy = (typeof clusterings)[number];

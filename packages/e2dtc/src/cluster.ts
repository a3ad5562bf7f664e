export type { Candidate, DistanceMethod } from "./clustering/candidates.js";
export type { TriedK } from "./clustering/choose-count.js";
export type { StartHistory } from "./clustering/choose-start.js";
export { type ClusterBy, clusterings } from "./clustering/cluster-by.js";
export {
  type ClusteredTrips,
  type ClusterMethod,
  type ClusterProgress,
  type ClusterTripsOptions,
  clusterMethods,
  clusterTrips,
  type FitNetwork,
  type NetworkAgreement,
} from "./clustering/cluster-trips.js";
export type { ViewName } from "./clustering/views.js";

// What runs without Node: nothing here, nor below, imports a module of Node's or a runtime. Bring an ONNX runtime through `SessionModel`.
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
} from "./clustering/cluster-trips.js";
export { tripRows } from "./clustering/rows.js";
export { centroidFeatures } from "./features/features.js";
export type { ModelInfo } from "./model/model-file.js";
export { type Prediction, type RunOptions, TripModel } from "./model/trip-model.js";

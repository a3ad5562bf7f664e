// What runs without Node: nothing here, nor below, imports a module of Node's or a runtime. Bring an ONNX runtime through `SessionModel`.
export * from "./cluster.js";
export { tripRows } from "./clustering/rows.js";
export { centroidFeatures } from "./features/features.js";
export type { ModelInfo } from "./model/model-file.js";
export { type Prediction, type RunOptions, TripModel } from "./model/trip-model.js";

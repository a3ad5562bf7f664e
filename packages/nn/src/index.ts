export {
  GraphBuilder,
  type GraphBuilderOptions,
  type OnnxAttribute,
  type OnnxType,
  type OutputSpec,
  type TensorValues,
  type Value,
} from "./onnx/graph-builder.js";

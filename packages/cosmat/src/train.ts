export {
  ALEXNET_SIDE,
  type AlexNetConfig,
  type AlexNetOutputs,
  alexNet,
  alexNetShapes,
  initAlexNet,
} from "./training/alexnet.js";
export {
  exportAlexNet,
  type FineTuned,
  type FineTuneOptions,
  fineTuneAlexNet,
} from "./training/fine-tune.js";

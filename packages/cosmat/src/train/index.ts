export {
  ALEXNET_SIDE,
  type AlexNetConfig,
  type AlexNetOutputs,
  alexNet,
  alexNetShapes,
  initAlexNet,
} from "./alexnet.js";
export { exportAlexNet, type FineTuned, type FineTuneOptions, fineTuneAlexNet } from "./fine-tune.js";

import {
  checkInRange,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
  ValueError,
} from "@wayweave/geo-core";
import {
  departureNames,
  departuresOf,
  type E2DTCConfig,
  type PretrainConfig,
  type SelfTrainConfig,
  seedingNames,
} from "./config-types.js";

export function checkSizes(
  where: string,
  { tokens, network, batchSize, tokensPerBatch, clipNorm }: E2DTCConfig,
): void {
  if (tokens.cellSizeMeters !== null) {
    checkPositive(where, "tokens.cellSizeMeters", tokens.cellSizeMeters);
  }
  if (tokens.minFrequency !== null) checkPositiveInteger(where, "tokens.minFrequency", tokens.minFrequency);
  checkPositiveInteger(where, "tokens.maxTokens", tokens.maxTokens);
  checkPositiveInteger(where, "network.layers", network.layers);
  checkPositiveInteger(where, "network.hidden", network.hidden);
  if (network.hidden % 2 !== 0) {
    throw new ValueError(`${where}: network.hidden must be even, got ${network.hidden}`);
  }
  for (const name of ["attention", "places", "offsets", "directions", "timeOfDay"] as const) {
    checkBoolean(where, `network.${name}`, network[name]);
  }
  checkPositiveInteger(where, "batchSize", batchSize);
  checkPositiveInteger(where, "tokensPerBatch", tokensPerBatch);
  checkPositive(where, "clipNorm", clipNorm);
}

export function checkPretrain(where: string, pretrain: PretrainConfig): void {
  for (const name of ["minEpochSteps", "neighbors", "sampledNegatives", "patience"] as const) {
    checkPositiveInteger(where, `pretrain.${name}`, pretrain[name]);
  }
  checkNonNegativeInteger(where, "pretrain.epochs", pretrain.epochs);
  checkNonNegativeInteger(where, "pretrain.skipGramEpochs", pretrain.skipGramEpochs);
  checkPositive(where, "pretrain.learningRate", pretrain.learningRate);
  checkPositive(where, "pretrain.scaleCells", pretrain.scaleCells);
  checkInRange(where, "pretrain.noiseCells", pretrain.noiseCells, 0, 1000);
  checkInRange(where, "pretrain.validationShare", pretrain.validationShare, 0, 0.5);
  for (const name of ["noiseRates", "cutRates"] as const) {
    if (pretrain[name].length === 0) {
      throw new ValueError(`${where}: pretrain.${name} must hold at least one rate, got 0`);
    }
    for (const rate of pretrain[name]) checkInRange(where, `pretrain.${name}`, rate, 0, 1);
  }
}

export function checkSelfTrain(where: string, selfTrain: SelfTrainConfig): void {
  checkOneOf(where, "selfTrain.loss", selfTrain.loss, ["L0", "L1", "L2"]);
  checkOneOf(where, "selfTrain.seeding", selfTrain.seeding, seedingNames);
  checkPositiveInteger(where, "selfTrain.epochs", selfTrain.epochs);
  checkPositiveInteger(where, "selfTrain.minEpochSteps", selfTrain.minEpochSteps);
  checkNonNegativeInteger(where, "selfTrain.warmUpEpochs", selfTrain.warmUpEpochs);
  checkInRange(where, "selfTrain.warmUpAgreement", selfTrain.warmUpAgreement, 0, 1);
  checkPositive(where, "selfTrain.learningRate", selfTrain.learningRate);
  checkInRange(where, "selfTrain.reconstructionWeight", selfTrain.reconstructionWeight, 0, 1000);
  checkInRange(where, "selfTrain.clusterWeight", selfTrain.clusterWeight, 0, 1000);
  checkInRange(where, "selfTrain.tripletWeight", selfTrain.tripletWeight, 0, 1000);
  checkPositive(where, "selfTrain.margin", selfTrain.margin);
  for (const name of ["relativeMargin", "clusterDamaged"] as const) {
    checkBoolean(where, `selfTrain.${name}`, selfTrain[name]);
  }
  checkInRange(where, "selfTrain.tolerance", selfTrain.tolerance, 0, 1);
  for (const departure of departuresOf(selfTrain)) {
    checkOneOf(where, "selfTrain.referenceCompatible", departure, departureNames);
  }
}

function checkBoolean(where: string, name: string, value: unknown): void {
  if (typeof value !== "boolean") {
    throw new ValueError(`${where}: ${name} must be true or false, got ${JSON.stringify(value)}`);
  }
}

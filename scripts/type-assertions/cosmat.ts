// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import {
  CoSMat,
  createTokenizer,
  GeoMultimediaIndex,
  type LabeledPairs,
  toUnitVectors,
} from "@wayweave/cosmat";

export const parts = [CoSMat, GeoMultimediaIndex, createTokenizer];

// @ts-expect-error pairs are not a number
export const pairs: LabeledPairs = 7;
// @ts-expect-error rows are needed
toUnitVectors();
// @ts-expect-error a tokenizer's options are an object
createTokenizer("english");

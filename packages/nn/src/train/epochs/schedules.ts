import { checkGiven, checkInRange, checkOptions, checkPositive } from "@wayweave/geo-core";
import type { ScheduleStep } from "./options.js";

/** The height and rise of {@link halfCosine}. */
export interface HalfCosineOptions {
  /** The highest rate. */
  readonly learningRate: number;
  /** Share of all steps over which the rate rises from 0 to its full height. @defaultValue 0 */
  readonly warmUp?: number;
}

/**
 * A learning rate that falls along half a cosine from `learningRate` to 0.
 *
 * Source: Loshchilov, Hutter 2017 (SGDR), eq. 5 without restarts; the rise is linear, as in Goyal et al. 2017, §2.2.
 *
 * @throws {ValueError} a learningRate that is not positive, a share outside 0 … 1, an unknown option
 * @example
 * await runEpochs(step, { …, learningRate: halfCosine({ learningRate: 1e-3, warmUp: 0.05 }) });
 */
export function halfCosine(options: HalfCosineOptions): (at: ScheduleStep) => number {
  const where = "halfCosine";
  checkGiven(where, "options", options);
  checkOptions(where, options, ["learningRate", "warmUp"]);
  const { learningRate, warmUp = 0 } = options;
  checkPositive(where, "learningRate", learningRate);
  checkInRange(where, "warmUp", warmUp, 0, 1);
  return ({ step, total }) => {
    const risen = warmUp === 0 ? 1 : Math.min(1, (step + 1) / (warmUp * total));
    return (risen * learningRate * (1 + Math.cos((Math.PI * step) / total))) / 2;
  };
}

import { StateError } from "@wayweave/geo-core";
import type { HostTensor } from "../host-tensor.js";

/**
 * Ends a training whose loss is no longer finite: there is no way back, and a model of NaN embeds without a word.
 *
 * @param metrics the loss and its terms
 * @param epoch from 0; told from 1
 * @param step of the whole run, from 1
 * @throws {StateError} naming epoch, step, and the terms that are not finite
 */
export function checkFiniteLoss(
  where: string,
  metrics: Readonly<Record<string, number>>,
  epoch: number,
  step: number,
): void {
  const { loss } = metrics;
  if (Number.isFinite(loss)) return;
  const terms = Object.keys(metrics).filter((name) => name !== "loss" && !Number.isFinite(metrics[name]));
  const of = terms.length === 0 ? "" : ` (its terms ${terms.join(", ")})`;
  throw new StateError(
    `${where}: the loss must stay finite, got ${loss}${of} in epoch ${epoch + 1} at step ${step}; a lower learningRate may help`,
  );
}

/** @throws {StateError} a validation loss that is not finite */
export function checkFiniteValidation(where: string, loss: number | null, epoch: number): void {
  if (loss === null || Number.isFinite(loss)) return;
  throw new StateError(
    `${where}: the validation loss must stay finite, got ${loss} after epoch ${epoch + 1}; a lower learningRate may help`,
  );
}

/**
 * The last update of an epoch shows in no loss of that epoch, and in none at all when the epoch was the last.
 *
 * @throws {StateError} naming the first parameter that holds NaN or an infinity
 */
export function checkFiniteParams(
  where: string,
  params: Readonly<Record<string, HostTensor>>,
  epoch: number,
): void {
  for (const [name, { type, data }] of Object.entries(params)) {
    if (type !== "float32") continue;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i])) continue;
      throw new StateError(
        `${where}: parameters must stay finite, ${name}[${i}] is ${data[i]} after epoch ${epoch + 1}; a lower learningRate may help`,
      );
    }
  }
}

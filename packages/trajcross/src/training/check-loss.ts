import { StateError } from "@wayweave/geo-core";

/**
 * Stops a training whose parameters are lost: from a loss that is not finite there is no way back, and a model of NaN embeds without a word.
 *
 * @param epoch from 0
 * @param step of the whole run, from 1
 * @throws {StateError} a loss that is NaN or infinite
 */
export function checkLoss(where: string, loss: number, epoch: number, step: number): void {
  if (Number.isFinite(loss)) return;
  throw new StateError(
    `${where}: the loss must stay finite, got ${loss} in epoch ${epoch + 1} at step ${step}; a lower learningRate may help`,
  );
}

import { StateError } from "@wayweave/geo-core";

/**
 * Ends a training whose loss is lost: from there on every parameter would be NaN, and so would all labels.
 *
 * @param where the epoch, such as `epoch 3 of pre-training`; epochs count from 1
 * @throws {StateError} a loss that is not finite
 */
export function checkFiniteLoss(loss: number, where: string): void {
  if (Number.isFinite(loss)) return;
  throw new StateError(
    `E2DTC.fit: the loss must stay finite, got ${loss} in ${where}: a smaller learningRate may help`,
  );
}

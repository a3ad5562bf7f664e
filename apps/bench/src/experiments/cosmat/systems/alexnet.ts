import type { Engine } from "@wayweave/nn/train";
import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import { loadTinyImageNet } from "../../../datasets/tiny-imagenet.js";
import type { RunContext } from "../../experiment.js";

/** How AlexNet is trained here: from scratch on photos of things, then on the corpus's own. */
export interface AlexNetTraining {
  /** Share of the published channels and neurons. */
  readonly width: number;
  /** Photos of each of tiny-imagenet's 20 classes, and how often they are seen. */
  readonly pretraining: { readonly photosAClass: number; readonly epochs: number };
  readonly fineTuning: { readonly epochs: number };
  readonly batchSize: number;
}

const LEARNING_RATE = 0.01;

/**
 * AlexNet for a corpus, as ONNX: one for all seeds of a run, since training is what costs.
 *
 * Both parts as published: random squares of 256 × 256 pixels and mirror images, momentum, weight decay, dropout. The rate falls
 * linearly over each part; fine-tuning starts at half of it.
 */
export function trainAlexNet(
  context: RunContext,
  corpus: RawCorpus,
  { width, pretraining, fineTuning, batchSize }: AlexNetTraining,
): Promise<Uint8Array> {
  const { signal, onProgress, engine, reportEngine } = context;
  return context.share(`AlexNet for ${corpus.provenance.name}`, async () => {
    const { exportAlexNet, fineTuneAlexNet } = await import("@wayweave/cosmat/train");
    const things = await loadTinyImageNet(context, { train: pretraining.photosAClass, test: 0 });
    const steps = (images: readonly unknown[], epochs: number) =>
      epochs * Math.floor(images.length / batchSize);
    const before = steps(things.train.images, pretraining.epochs);
    const total = before + steps(corpus.train.images, fineTuning.epochs);
    const common = { batchSize, augment: true, seed: 1, signal, engine: engine as Engine };
    const pretrained = await fineTuneAlexNet(things.train.images, things.train.labels, {
      ...common,
      width,
      epochs: pretraining.epochs,
      learningRate: (epoch) => LEARNING_RATE * (1 - epoch / pretraining.epochs),
      onProgress: ({ done }) => onProgress({ done, total }),
    });
    const fineTuned = await fineTuneAlexNet(corpus.train.images, corpus.train.labels, {
      ...common,
      params: pretrained.params,
      epochs: fineTuning.epochs,
      learningRate: (epoch) => 0.5 * LEARNING_RATE * (1 - epoch / fineTuning.epochs),
      onProgress: ({ done }) => onProgress({ done: before + done, total }),
    });
    reportEngine(fineTuned.engine);
    return exportAlexNet(fineTuned.params);
  });
}

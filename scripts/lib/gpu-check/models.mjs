// Three small models that need different operators: convolutions, a recurrent network, embeddings with dropout.
import { packageUrl } from "../workspace.mjs";

const { adam, dropout, gru, l2Normalize, tf } = await import(packageUrl("nn", "train.js"));
const { Random } = await import(packageUrl("geo-core", "index.js"));

function draw(random, shape, scale) {
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, () => scale * random.normal());
}

function paramsOf(shapes, random) {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const inputs = shape.slice(0, -1).reduce((product, size) => product * size, 1);
      const data = draw(random.split(name), shape, shape.length === 1 ? 0 : Math.sqrt(2 / inputs));
      return [name, { type: "float32", shape, data }];
    }),
  );
}

/** Two towers of convolutions and overlapping pools, InfoNCE over the batch. */
function towers(batch, side, channels) {
  const random = new Random(1);
  const tower = (name) => ({
    [`${name}/filter1`]: [3, 3, 1, channels],
    [`${name}/filter2`]: [3, 3, channels, channels],
    [`${name}/projection`]: [channels, 32],
  });
  const embed = (params, name, images) => {
    const first = tf.conv2d(images, params[`${name}/filter1`], 1, "same").relu();
    const pooled = tf.maxPool(first, 3, 2, "same");
    const second = tf.conv2d(pooled, params[`${name}/filter2`], 1, "same").relu();
    return l2Normalize(tf.matMul(second.mean([1, 2]), params[`${name}/projection`]));
  };
  const shape = [batch, side, side, 1];
  return {
    examples: batch,
    options: {
      params: paramsOf({ ...tower("a"), ...tower("b") }, random.split("params")),
      batchSpec: { left: { type: "float32", shape }, right: { type: "float32", shape } },
      optimizer: adam({ learningRate: 1e-3 }),
      loss: (params, { left, right }) => {
        const [a, b] = [embed(params, "a", left), embed(params, "b", right)];
        const similarity = tf.matMul(a, b, false, true).div(0.1);
        return similarity.logSumExp(1).sub(a.mul(b).sum(1).div(0.1)).mean();
      },
    },
    batch: { left: draw(random.split("left"), shape, 1), right: draw(random.split("right"), shape, 1) },
  };
}

/** A GRU that reads a sequence; its last state says what comes next. */
function sequence(batch, time, hidden) {
  const random = new Random(2);
  const shape = [time, batch, hidden];
  return {
    examples: batch,
    options: {
      params: paramsOf(
        {
          kernel: [hidden, 3 * hidden],
          recurrent: [hidden, 3 * hidden],
          bias: [3 * hidden],
          recurrentBias: [3 * hidden],
          out: [hidden, hidden],
        },
        random.split("params"),
      ),
      batchSpec: { x: { type: "float32", shape }, y: { type: "float32", shape: [batch, hidden] } },
      optimizer: adam({ learningRate: 1e-3, clipNorm: 5 }),
      loss: ({ out, ...weights }, { x, y }) => {
        const states = tf.unstack(gru(x, tf.zeros([batch, hidden]), weights));
        return tf.matMul(states.at(-1), out).sub(y).square().mean();
      },
    },
    batch: { x: draw(random.split("x"), shape, 1), y: draw(random.split("y"), [batch, hidden], 1) },
  };
}

/** Embeddings of tokens, averaged, through a hidden layer with dropout. */
function words(batch, vocabulary, hidden) {
  const random = new Random(3);
  const length = 12;
  const tokens = Int32Array.from({ length: batch * length }, () => random.integer(vocabulary));
  const targets = new Float32Array(batch * 10);
  for (let i = 0; i < batch; i++) targets[i * 10 + random.integer(10)] = 1;
  return {
    examples: batch,
    options: {
      params: paramsOf(
        { table: [vocabulary, hidden], dense: [hidden, hidden], bias: [hidden], out: [hidden, 10] },
        random.split("params"),
      ),
      batchSpec: {
        tokens: { type: "int32", shape: [batch, length] },
        targets: { type: "float32", shape: [batch, 10] },
      },
      optimizer: adam({ learningRate: 1e-3 }),
      loss: ({ table, dense, bias, out }, batchTensors, context) => {
        const mean = tf.gather(table, batchTensors.tokens).mean(1);
        const seen = dropout(tf.matMul(mean, dense).add(bias).relu(), 0.2, context);
        return tf.logSoftmax(tf.matMul(seen, out)).mul(batchTensors.targets).sum(1).mean().neg();
      },
    },
    batch: { tokens, targets },
  };
}

/** Small enough for tfjs's cpu backend. */
export const small = {
  towers: () => towers(8, 12, 8),
  sequence: () => sequence(8, 6, 12),
  words: () => words(16, 50, 16),
};

/** Large enough that a GPU has something to do. */
export const large = {
  towers: () => towers(128, 32, 32),
  sequence: () => sequence(128, 32, 256),
  words: () => words(512, 20_000, 256),
};

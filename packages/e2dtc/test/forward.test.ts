import { Random } from "@wayweave/geo-core";
import { type Tensor, tf } from "@wayweave/nn/train";
import { beforeAll, describe, expect, it } from "vitest";
import { decode, encode } from "../src/model/forward.js";
import { initParams } from "../src/model/params.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const VOCABULARY = 7;
const network = {
  layers: 2,
  hidden: 4,
  attention: true,
  places: false,
  offsets: false,
  directions: false,
  timeOfDay: false,
};

function params(attention = true): Record<string, Tensor> {
  const random = new Random(3);
  const vectors = Float32Array.from({ length: VOCABULARY * 4 }, () => random.normal());
  const host = initParams({ ...network, attention }, VOCABULARY, vectors, random);
  return Object.fromEntries(
    Object.entries(host).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  );
}

const tokens = (rows: number[][]) => tf.tensor2d(rows, undefined, "int32");
const valuesOf = (tensor: Tensor) => Array.from(tensor.dataSync());

describe("the decoder's attention", () => {
  it("does not look at padding", () => {
    const all = params();
    const before = tokens([[0], [5]]);
    const [short, padded] = [
      [[3], [4]],
      [[3], [4], [6], [6]],
    ].map((rows) =>
      valuesOf(
        decode(
          all,
          before,
          encode(all, { tokens: tokens(rows), lengths: tf.tensor1d([2], "int32") }, network),
          network,
        ),
      ),
    );
    padded!.forEach((value, i) => {
      expect(value).toBeCloseTo(short![i]!, 5);
    });
  });

  it("of one token is tanh(W [s, h]): all of the attention is on it", () => {
    const all = params();
    const encoded = encode(all, { tokens: tokens([[3]]), lengths: tf.tensor1d([1], "int32") }, network);
    const before = tokens([[0]]);
    const plain = decode(all, before, encoded, { ...network, attention: false }); // h, [1, 4]
    const both = tf.concat([encoded.states.reshape([1, 4]), plain], 1);
    const expected = valuesOf(tf.matMul(both, all["attention/output"]!).tanh());
    valuesOf(decode(all, before, encoded, network)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
  });

  it("has no parameters where it is off", () => {
    expect(Object.keys(params(false)).filter((name) => name.startsWith("attention/"))).toEqual([]);
  });
});

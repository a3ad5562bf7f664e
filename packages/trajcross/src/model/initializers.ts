import type { Random } from "@wayweave/geo-core";
import type { HostTensor } from "@wayweave/nn/train";

/** Weight and bias of a convolution, by name. */
export function convolution(
  random: Random,
  name: string,
  height: number,
  width: number,
  inputs: number,
  outputs: number,
): Record<string, HostTensor> {
  return {
    [`${name}/weight`]: heNormal(
      random.split(name),
      [height, width, inputs, outputs],
      height * width * inputs,
    ),
    [`${name}/bias`]: zeros(outputs),
  };
}

/** Weight and bias of a fully connected layer, by name. */
export function dense(
  random: Random,
  name: string,
  inputs: number,
  outputs: number,
): Record<string, HostTensor> {
  return {
    [`${name}/weight`]: heNormal(random.split(name), [inputs, outputs], inputs),
    [`${name}/bias`]: zeros(outputs),
  };
}

/** Normal with variance 2 / inputs (He et al. 2015). */
function heNormal(random: Random, shape: readonly number[], inputs: number): HostTensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const deviation = Math.sqrt(2 / inputs);
  for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
  return { type: "float32", shape, data };
}

export function zeros(length: number): HostTensor {
  return { type: "float32", shape: [length], data: new Float32Array(length) };
}

export function scalar(value: number): HostTensor {
  return { type: "float32", shape: [], data: Float32Array.of(value) };
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allKernels } from "../../src/train/record/kernels/index.js";
import { elementwiseCases } from "./kernels/elementwise.cases.js";
import { imageCases } from "./kernels/image.cases.js";
import { matrixCases } from "./kernels/matrix.cases.js";
import { reductionCases } from "./kernels/reduction.cases.js";
import { shapeCases } from "./kernels/shape.cases.js";
import { checkParity } from "./parity.js";

const cases = [...elementwiseCases, ...shapeCases, ...reductionCases, ...matrixCases, ...imageCases];

describe("recorded kernels ≡ tfjs cpu, value and slope", () => {
  const seen = new Set<string>();

  beforeAll(() => {
    for (const kernel of allKernels) {
      const record = kernel.record.bind(kernel);
      kernel.record = (call) => {
        seen.add(kernel.name);
        return record(call);
      };
    }
  });

  for (const parityCase of cases) {
    it(parityCase.name, () => checkParity(parityCase));
  }

  afterAll(() => {
    const untested = allKernels.map(({ name }) => name).filter((name) => !seen.has(name));
    expect(untested, "kernels that no case called").toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { Random } from "@wayweave/geo-core";
import { expect, it } from "vitest";
import wabt from "wabt";
import { allocate, createKernels, type KernelSections } from "../src/internal/kernels.js";
import { KERNELS_WASM, MEMORY_FLAG_OFFSET } from "../src/internal/kernels-wasm.js";

it("kernels-wasm.ts is what kernels.wat assembles to", async () => {
  const text = readFileSync(new URL("../src/internal/kernels.wat", import.meta.url), "utf8");
  const toolkit = await wabt();
  const { buffer } = toolkit.parseWat("kernels.wat", text, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString("base64")).toBe(KERNELS_WASM);
  // "memory", the kind of the import (2), its limits.
  expect(Buffer.from(buffer).indexOf("memory\x02")).toBe(MEMORY_FLAG_OFFSET - 7);
});

for (const shared of [false, true]) {
  it(`SIMD and TypeScript kernels agree in ${shared ? "shared" : "own"} memory`, () => {
    const [rowFloats, count, codeBytes] = [20, 7, 64];
    const rowsOffset = 128;
    const boxesOffset = rowsOffset + 4 * rowFloats * count;
    const codesOffset = boxesOffset + 8 * rowFloats * count;
    const sections: KernelSections = {
      ...{ rowFloats, rowsOffset, boxesOffset, codeBytes, codesOffset },
      totalBytes: 1 << 18,
    };
    const storage = allocate(sections, shared);
    const random = new Random(1);
    const floats = new Float32Array(storage.buffer, rowsOffset, 3 * rowFloats * count);
    for (let i = 0; i < floats.length; i++) floats[i] = random.normal();
    const codes = new Int8Array(storage.buffer, codesOffset, count * codeBytes);
    for (let i = 0; i < codes.length; i++) codes[i] = random.integer(255) - 127;

    const simd = createKernels(storage, sections, shared ? 3 : 0);
    const scalar = createKernels({ ...storage, memory: undefined }, sections);
    expect([simd.kind, scalar.kind]).toEqual(["simd", "scalar"]);
    for (const kernels of [simd, scalar]) {
      const draw = new Random(2);
      for (let j = 0; j < rowFloats; j++) kernels.query[j] = draw.normal();
      for (let j = 0; j < codeBytes; j++) kernels.queryCodes[j] = draw.integer(65535) - 32767;
    }
    for (const run of ["boxes", "rows"] as const) {
      simd[run](1, count - 1);
      scalar[run](1, count - 1);
      for (let i = 0; i < 2 * (count - 1); i++) expect(simd.out[i]).toBeCloseTo(scalar.out[i]!, 4);
    }
    for (let slot = 0; slot < count; slot++) expect(simd.codes(slot)).toBe(scalar.codes(slot));
  });
}

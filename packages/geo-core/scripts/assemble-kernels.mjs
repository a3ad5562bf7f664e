#!/usr/bin/env node
// Assembles warping-kernels.mjs into src/internal/distances/warping-wasm.ts: `pnpm kernels`. A test checks that the two agree.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";
import { warpingKernelsText } from "./warping-kernels.mjs";

const toolkit = await wabt();
const module = toolkit.parseWat("warping-kernels.wat", warpingKernelsText(), { simd: true });
const { buffer } = module.toBinary({});

writeFileSync(
  fileURLToPath(new URL("../src/internal/distances/warping-wasm.ts", import.meta.url)),
  `/** scripts/warping-kernels.mjs, assembled by scripts/assemble-kernels.mjs (wabt), in hexadecimal. */
export const WARPING_WASM =
  "${Buffer.from(buffer).toString("hex")}";
`,
);

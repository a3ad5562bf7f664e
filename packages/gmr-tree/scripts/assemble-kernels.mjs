#!/usr/bin/env node
// Assembles src/internal/kernels.wat into src/internal/kernels-wasm.ts: `pnpm kernels`. A test checks that the two agree.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const folder = new URL("../src/internal/", import.meta.url);
const text = readFileSync(new URL("kernels.wat", folder), "utf8");
const toolkit = await wabt();
const module = toolkit.parseWat("kernels.wat", text, { simd: true });
const bytes = Buffer.from(module.toBinary({}).buffer);
// The import's name and kind come before its limits, whose first byte says whether the memory is shared.
const flag = bytes.indexOf("memory\x02") + "memory\x02".length;

writeFileSync(
  fileURLToPath(new URL("kernels-wasm.ts", folder)),
  `/** kernels.wat, assembled by scripts/assemble-kernels.mjs (wabt), in hexadecimal. */
export const KERNELS_WASM =
  "${bytes.toString("hex")}";
/** The byte that says whether the imported memory is shared (3) or not (1). */
export const MEMORY_FLAG_OFFSET = ${flag};
`,
);

#!/usr/bin/env node
// Assembles src/internal/kernels.wat into src/internal/kernels-wasm.ts: `pnpm kernels`. A test checks that the two agree.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const folder = new URL("../src/internal/", import.meta.url);
const text = readFileSync(new URL("kernels.wat", folder), "utf8");
const toolkit = await wabt();
const module = toolkit.parseWat("kernels.wat", text, { simd: true });
const bytes = module.toBinary({}).buffer;

writeFileSync(
  fileURLToPath(new URL("kernels-wasm.ts", folder)),
  `/** kernels.wat, assembled by scripts/assemble-kernels.mjs (wabt). */\nexport const KERNELS_WASM =\n  "${Buffer.from(bytes).toString("base64")}";\n`,
);

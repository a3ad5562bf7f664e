import { appendFile, writeFile } from "node:fs/promises";
import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";
import { KERNELS_WASM } from "./src/internal/kernels-wasm.js";

// geo-core's errors and great-circle distance are bundled, and so are their declarations, which are taken from its source:
// the published package has no dependency.
const noExternal = ["@wayweave/geo-core"];

export default defineConfig([
  packageBuild(
    { index: "src/index.ts" },
    {
      noExternal,
      dts: {
        entry: { index: "src/index.ts", "search-worker": "src/search-worker.ts" },
        resolve: ["@wayweave/geo-core"],
        compilerOptions: {
          paths: { "@wayweave/geo-core/foundation": ["../geo-core/src/foundation.ts"] },
          baseUrl: ".",
        },
      },
      onSuccess: () => writeFile("dist/kernels.wasm", Buffer.from(KERNELS_WASM, "hex")),
    },
  ),
  // One file, so that bundlers which copy a worker instead of bundling it leave nothing behind.
  packageBuild(
    { "search-worker": "src/search-worker.ts" },
    {
      noExternal,
      dts: false,
      clean: false,
      splitting: false,
      // It exports nothing, and is a module all the same: tools tell by the syntax.
      onSuccess: () => appendFile("dist/search-worker.js", "export {};\n"),
    },
  ),
]);

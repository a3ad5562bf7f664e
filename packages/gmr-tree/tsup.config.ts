import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

// geo-core's errors and great-circle distance are bundled, so that the published package has no dependency.
export default defineConfig(
  packageBuild(
    { index: "src/index.ts", "search-worker": "src/search-worker.ts" },
    { noExternal: ["@wayweave/geo-core"], dts: { resolve: ["@wayweave/geo-core"] } },
  ),
);

import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild({ cli: "src/cli.ts", index: "src/index.ts" }, { dts: { entry: { index: "src/index.ts" } } }),
);

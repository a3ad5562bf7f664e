import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild(
    {
      index: "src/index.ts",
      browser: "src/browser.ts",
      cli: "src/cli.ts",
      node: "src/node.ts",
      train: "src/train.ts",
    },
    // The line reader's weights go to dist/.
    { publicDir: "weights" },
  ),
);

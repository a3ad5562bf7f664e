import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild({
    index: "src/index.ts",
    node: "src/node.ts",
    browser: "src/browser.ts",
    cluster: "src/cluster.ts",
    train: "src/train.ts",
    cli: "src/cli.ts",
  }),
);

import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.shared.js";

export default defineConfig(
  packageBuild({
    index: "src/index.ts",
    browser: "src/browser.ts",
    cli: "src/cli.ts",
    encoders: "src/encoders.ts",
    images: "src/images.ts",
    train: "src/train.ts",
  }),
);

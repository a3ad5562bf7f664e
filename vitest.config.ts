import { defineConfig } from "vitest/config";

/** The tests of the workspace's own scripts; every package has its own configuration. */
export default defineConfig({ test: { include: ["scripts/test/**/*.test.mjs"] } });

import { defineConfig, mergeConfig } from "vitest/config";
import { sharedTestConfig } from "../../vitest.shared.js";

// No test here changes what another sees: the packages are loaded once for all files.
export default mergeConfig(sharedTestConfig, defineConfig({ test: { isolate: false } }));

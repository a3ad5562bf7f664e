import { defineConfig } from "vitest/config";
import { loadedOnce } from "../../vitest.shared.js";

export default defineConfig(loadedOnce("test/e2dtc.slow.test.ts", "test/e2dtc-studies.slow.test.ts"));

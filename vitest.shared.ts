import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

/** The test settings that every package shares. Workspace packages are resolved through their built `dist`. */
export const sharedTestConfig: ViteUserConfig = {
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))],
    // Numerical property tests are slow on a busy two-core machine; a hang still fails.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: 2,
  },
};

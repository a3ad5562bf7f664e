import { fileURLToPath } from "node:url";
import { configDefaults, type ViteUserConfig } from "vitest/config";

const workers = 2;

/** The test settings that every package shares. Workspace packages are resolved through their built `dist`. */
export const sharedTestConfig: ViteUserConfig = {
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))],
    // Numerical property tests are slow on a busy two-core machine; a hang still fails.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: workers,
  },
};

/**
 * {@link sharedTestConfig} for a package whose tests undo what they change for all: packages and runtimes are loaded once a
 * process, not once a file. Files that replace modules (`vi.mock`) are named, and get processes of their own.
 */
export function loadedOnce(...mocking: string[]): ViteUserConfig {
  const { test } = sharedTestConfig;
  if (mocking.length === 0) return { test: { ...test, isolate: false } };
  const exclude = [...configDefaults.exclude, ...mocking];
  return {
    test: {
      maxWorkers: workers,
      projects: [
        { test: { ...test, name: "loaded once", isolate: false, exclude } },
        { test: { ...test, name: "mocking", include: mocking } },
      ],
    },
  };
}

import { defineConfig } from "vitest/config";

/** In headless Chromium, on what `vite build` made. A time-out only catches a hang. */
export default defineConfig({
  test: {
    include: ["browser-tests/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 1,
  },
});

import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findChromium, launch, openPage, serveDist } from "../scripts/harness.mjs";

type Open = (
  hash?: string,
  options?: Omit<NonNullable<Parameters<typeof openPage>[2]>, "hash">,
) => ReturnType<typeof openPage>;

/** A file of the small models that `@wayweave/e2dtc` is checked with. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../packages/e2dtc/test/golden/${name}`, import.meta.url));
}

/** Tests on the built page. Without a Chromium they are skipped with a message, but not in CI. */
export function inChromium(name: string, tests: (given: { readonly open: Open }) => void): void {
  const executable = findChromium();
  if (executable === undefined) {
    if (process.env.CI) {
      it(name, () => {
        throw new Error("no Chromium was found on the PATH or in CHROMIUM_PATH");
      });
    } else {
      console.warn(`${name}: skipped, since no Chromium was found on the PATH or in CHROMIUM_PATH`);
      it.skip(name, () => {});
    }
    return;
  }
  describe(name, () => {
    let browser: Awaited<ReturnType<typeof launch>>;
    let server: Awaited<ReturnType<typeof serveDist>>;
    beforeAll(async () => {
      server = await serveDist();
      browser = await launch(executable);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    tests({ open: (hash = "", options = {}) => openPage(browser, server.origin, { ...options, hash }) });
  });
}

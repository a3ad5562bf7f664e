import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import { findChromium, outcomeOf, serving } from "./browser.js";
import { fixtures, folder, inFreshFolder } from "./run.js";

const found = findChromium();
if (found === undefined && process.env.CI)
  throw new Error("no Chromium found: install one, or set CHROMIUM_PATH");
if (found === undefined) console.warn("browser tests are skipped: no Chromium found; set CHROMIUM_PATH");

/** What makes a page cross-origin isolated, so that it has a SharedArrayBuffer. */
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const policy = (scripts: string) => ({
  "content-security-policy": `default-src 'self'; script-src 'self' ${scripts}`,
});

const page = (head: string): string =>
  `<!doctype html><meta charset="utf-8"><title>gmr-tree</title>${head}<script type="module" src="./main.js"></script>`;

/** Each bundles fixtures/page.js into a folder that can be served. */
const bundlers: Readonly<Record<string, (out: string) => Promise<unknown>>> = {
  vite: async (out) => {
    await inFreshFolder(async (root) => {
      await writeFile(join(root, "index.html"), page("").replace("./main.js", join(fixtures, "page.js")));
      await vite.build({
        root,
        configFile: false,
        logLevel: "error",
        base: "./",
        build: { outDir: out, emptyOutDir: true, target: "es2022", modulePreload: false },
        worker: { format: "es" },
      });
    });
  },
  webpack: async (out) => {
    await new Promise<void>((resolve, reject) => {
      webpack(
        {
          mode: "production",
          context: folder,
          entry: join(fixtures, "page.js"),
          output: { path: out, filename: "main.js", module: true, chunkFormat: "module", publicPath: "./" },
          experiments: { outputModule: true },
          performance: false,
        },
        (error, stats) => {
          if (error) reject(error);
          else if (stats?.hasErrors()) reject(new Error(stats.toString("errors-only")));
          else resolve();
        },
      );
    });
    await writeFile(join(out, "index.html"), page(""));
  },
  // esbuild bundles no workers: the package's is bundled beside the page and handed in.
  esbuild: async (out) => {
    await esbuild.build({
      entryPoints: { main: join(fixtures, "page.js"), "search-worker": "@wayweave/gmr-tree/search-worker" },
      absWorkingDir: folder,
      outdir: out,
      bundle: true,
      splitting: true,
      format: "esm",
      minify: true,
    });
    await writeFile(join(out, "address.js"), 'globalThis.searchWorkerAddress = "./search-worker.js";');
    await writeFile(join(out, "index.html"), page('<script src="./address.js"></script>'));
  },
};

describe.skipIf(found === undefined).each(Object.keys(bundlers))(
  "gmr-tree bundled by %s, in Chromium",
  (name) => {
    let out: string;
    let release: () => void;
    let done: Promise<void>;
    beforeAll(async () => {
      await new Promise<void>((ready, failed) => {
        done = inFreshFolder(async (path) => {
          out = path;
          await bundlers[name]!(path);
          ready();
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        });
        done.catch(failed);
      });
    });
    afterAll(async () => {
      release?.();
      await done;
    });

    const outcome = (headers: Readonly<Record<string, string>>, query = ""): Promise<unknown> =>
      serving(out, headers, (origin) => outcomeOf(found!, `${origin}/${query}`));
    const refused = "ShapeError: GmrTree.search: vector must have length 8, got 1";

    it("searches, and in workers on an isolated page", async () => {
      expect(await outcome(isolated, "?workers=2")).toEqual({ kernels: "wasm", refused });
    });

    it("says what to do where a page is not isolated, and searches in its own thread", async () => {
      expect(await outcome({})).toEqual({ kernels: "wasm", refused });
      const { error } = (await outcome({}, "?workers=2")) as { error: string };
      expect(error).toMatch(/^StateError: GmrTree.searchMany: workers need a SharedArrayBuffer/);
      expect(error).toContain("Cross-Origin-Opener-Policy: same-origin");
    });

    it("a content security policy without wasm-unsafe-eval leaves the loops in TypeScript, in workers too", async () => {
      expect(await outcome(policy("'wasm-unsafe-eval'"))).toEqual({ kernels: "wasm", refused });
      expect(await outcome(policy(""))).toEqual({ kernels: "typescript", refused });
      expect(await outcome({ ...policy(""), ...isolated }, "?workers=2")).toEqual({
        kernels: "typescript",
        refused,
      });
    });

    it("holds no path of the machine that built it", async () => {
      const files = (await readdir(out, { recursive: true })).filter((file) => file.endsWith(".js"));
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) {
        const text = await readFile(join(out, file), "utf8");
        expect(text).not.toContain("file:///");
        expect(text).not.toContain(folder);
      }
    });
  },
);

describe.skipIf(found === undefined)("a bundle whose worker is missing", () => {
  it("rejects with what to do", async () => {
    await inFreshFolder(async (out) => {
      await bundlers.esbuild!(out);
      await mkdir(out, { recursive: true });
      await writeFile(join(out, "index.html"), page(""));
      await copyFile(join(out, "index.html"), join(out, "page.html"));
      const result = await serving(out, isolated, (origin) => outcomeOf(found!, `${origin}/?workers=1`));
      expect((result as { error: string }).error).toMatch(/^StateError: .*createWorker/);
    });
  });
});

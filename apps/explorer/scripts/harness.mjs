// The built page in a headless Chromium: for the tests, and for the pictures of the READMEs.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** The Chromium that is installed here, if any; CHROMIUM_PATH says which. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") return named;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((path) => names.map((name) => join(path, name))).find((path) => existsSync(path));
}

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Serves what `vite build` made, as any static host would. @returns {Promise<{ origin: string, close: () => Promise<void> }>} */
export async function serveDist() {
  if (!existsSync(join(dist, "index.html"))) {
    throw new Error("dist/index.html is missing: run `pnpm build` in apps/explorer first");
  }
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    readFile(join(dist, path === "/" ? "index.html" : path)).then(
      (bytes) => {
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html; charset=utf-8" });
        response.end(bytes);
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {string} executablePath */
export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb"],
    ],
  });
}

/**
 * A fresh page that notes what must not happen: errors, in the console or thrown, and requests to other hosts.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {{ hash?: string, width?: number, height?: number, dark?: boolean, scale?: number }} [options]
 */
export async function openPage(
  browser,
  origin,
  { hash = "", width = 1280, height = 800, dark = false, scale = 1 } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`thrown: ${error.message}`));
  context.on("request", (request) => {
    const address = request.url();
    const isOwn =
      address.startsWith(`${origin}/`) || address.startsWith("blob:") || address.startsWith("data:");
    if (!isOwn) problems.push(`request to another host: ${address}`);
  });
  context.on("requestfailed", (request) => {
    problems.push(`failed request: ${request.url()}`);
  });
  page.setDefaultTimeout(120_000);
  await page.goto(`${origin}/${hash}`);
  return { page, problems, close: () => context.close() };
}

/** Waits until nothing is computed and the map is drawn. @param {import("playwright-core").Page} page */
export async function settled(page) {
  await page.waitForFunction(
    () => {
      const isBusy = [...document.querySelectorAll(".task")].some((task) => !task.hasAttribute("hidden"));
      const maps = [...document.querySelectorAll(".map-canvas")];
      return !isBusy && maps.every((map) => /** @type {HTMLElement} */ (map).dataset.settled === "true");
    },
    undefined,
    { polling: 100 },
  );
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { inFreshFolder } from "./run.js";

/** The headless Chromium that is installed here, if any; CHROMIUM_PATH says which. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") return named;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((path) => names.map((name) => join(path, name))).find((path) => existsSync(path));
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Serves a folder on a free port of this machine while `use` runs. */
export async function serving<T>(
  root: string,
  headers: Readonly<Record<string, string>>,
  use: (origin: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(root, path === "/" ? "index.html" : path);
    readFile(file).then(
      (bytes) => {
        response.writeHead(200, {
          ...headers,
          "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404, headers);
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Opens a page in a fresh headless Chromium and returns what it leaves in `globalThis.outcome`. */
export async function outcomeOf(executablePath: string, address: string): Promise<unknown> {
  return inFreshFolder(async (profile) => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
        ...["--disable-background-networking", "--disable-component-update"],
      ],
    });
    try {
      const page = await context.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      // On a busy machine a page takes its time: the test's own limit is enough.
      await page.goto(address, { timeout: 0 });
      const handle = await page
        .waitForFunction(() => (globalThis as { outcome?: unknown }).outcome, undefined, { timeout: 120_000 })
        .catch((error: unknown) => {
          throw new Error(`no outcome; the page said: ${problems.join("; ") || "nothing"}`, { cause: error });
        });
      return await handle.jsonValue();
    } finally {
      await context.close();
    }
  });
}

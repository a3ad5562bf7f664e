// Makes the pictures of the root README: `pnpm build && pnpm pictures`. Needs a Chromium.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { findChromium, launch, openPage, serveDist, settled } from "./harness.mjs";

const out = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));

/** @type {readonly { name: string, hash: string, act: (page: import("playwright-core").Page) => Promise<void> }[]} */
const pictures = [
  { name: "explorer-tracks", hash: "#sample=city&k=8", act: async () => {} },
  {
    name: "explorer-which-track",
    hash: "#panel=picture&sample=city&k=8&method=k-means",
    act: async (page) => {
      for (let i = 0; i < 2; i++) {
        await page.locator(".verdict").evaluateAll((all) => {
          for (const each of all) each.remove();
        });
        await page.getByRole("button", { name: "Or try a made-up map" }).click();
        await page.locator(".verdict").waitFor();
      }
    },
  },
  {
    name: "explorer-places",
    hash: "#panel=places&sample=crossing&k=8&method=k-means&places=100000",
    act: async (page) => {
      await page.locator(".answers li").nth(9).waitFor();
      await page.getByRole("button", { name: "Zoom to the answers" }).click();
      await page.locator(".map-canvas").focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("-");
    },
  },
];

const executable = findChromium();
if (executable === undefined) throw new Error("pictures: a Chromium must be on the PATH or in CHROMIUM_PATH");
const server = await serveDist();
const browser = await launch(executable);
try {
  await mkdir(out, { recursive: true });
  for (const { name, hash, act } of pictures) {
    const { page, problems, close } = await openPage(browser, server.origin, {
      hash,
      width: 1200,
      height: 720,
    });
    await settled(page);
    await act(page);
    await settled(page);
    if (problems.length > 0) throw new Error(`pictures: ${name}: ${problems.join("; ")}`);
    const webp = await sharp(await page.screenshot())
      .webp({ quality: 82 })
      .toBuffer();
    await writeFile(`${out}${name}.webp`, webp);
    console.log(`docs/pictures/${name}.webp: ${Math.round(webp.length / 1000)} kB`);
    await close();
  }
} finally {
  await browser.close();
  await server.close();
}

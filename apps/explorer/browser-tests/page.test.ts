import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { decode } from "fast-png";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { settled } from "../scripts/harness.mjs";
import { inChromium } from "./in-chromium.js";

const PANELS = ["tracks", "picture", "places"] as const;
const hashOf = (panel: string) => `#panel=${panel}&sample=city&k=6&method=k-means`;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Fault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function ready(page: Page, panel: string): Promise<void> {
  await settled(page);
  if (panel === "places") await page.locator(".answers li").nth(9).waitFor();
}

/** What axe-core finds serious or critical. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: Fault[];
  };
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
    );
}

const [COLUMNS, ROWS] = [32, 20];
/** A picture as 32 × 20 mean brightnesses: fonts and edges may differ, the look may not. */
function coarse(png: Uint8Array): number[] {
  const { width, height, data, channels } = decode(png);
  const sums = new Float64Array(COLUMNS * ROWS);
  const counts = new Float64Array(COLUMNS * ROWS);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
      const at = (y * width + x) * channels;
      sums[cell]! += (data[at]! + data[at + 1]! + data[at + 2]!) / 3;
      counts[cell]!++;
    }
  }
  return Array.from(sums, (sum, cell) => Math.round(sum / counts[cell]!));
}

function apart(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

const looksFile = fileURLToPath(new URL("golden/looks.json", import.meta.url));

inChromium("The page", ({ open }) => {
  for (const panel of PANELS) {
    for (const dark of [false, true]) {
      it(`${panel}, ${dark ? "dark" : "light"}: no serious fault of accessibility, and it looks as it did`, async () => {
        const { page, problems, close } = await open(hashOf(panel), { dark });
        await ready(page, panel);
        expect(await seriousFaults(page)).toEqual([]);
        const look = coarse(await page.screenshot());
        const name = `${panel}-${dark ? "dark" : "light"}`;
        const looks = JSON.parse(readFileSync(looksFile, "utf8")) as Record<string, number[]>;
        if (process.env.WAYWEAVE_NEW_LOOKS) {
          writeFileSync(looksFile, `${JSON.stringify({ ...looks, [name]: look })}\n`);
        } else {
          expect(apart(look, looks[name]!), name).toBeLessThan(8);
          const other = `${panel}-${dark ? "light" : "dark"}`;
          expect(apart(look, looks[other]!), "the other theme").toBeGreaterThan(60);
        }
        expect(problems).toEqual([]);
        await close();
      });
    }

    it(`${panel} fits a screen 400 pixels wide`, async () => {
      const { page, problems, close } = await open(hashOf(panel), { width: 400, height: 800 });
      await ready(page, panel);
      const { scroll, inner } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        inner: innerWidth,
      }));
      expect(scroll).toBeLessThanOrEqual(inner);
      expect(await seriousFaults(page)).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    });
  }

  it("moves by keys: between tabs, and over the map", async () => {
    const { page, problems, close } = await open(hashOf("tracks"));
    await settled(page);
    await page.getByRole("tab", { name: "Tracks" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "Which track?" }).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowLeft");
    const map = page.locator(".map-canvas");
    await map.focus();
    const places: (string | null)[] = [];
    for (const key of ["ArrowRight", "ArrowDown", "+"]) {
      await page.keyboard.press(key);
      places.push(await map.getAttribute("aria-description"));
    }
    expect(places[0]).toContain("north");
    expect(places[0]).not.toBe(places[1]);
    expect(places[1]).toBe(places[2]);
    expect(problems).toEqual([]);
    await close();
  });

  it("says in words what an address cannot hold", async () => {
    const { page, problems, close } = await open("#panel=tracks&method=magic&sample=crossing");
    await page.getByText("In the address, “method” cannot be “magic”.").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("draws 10,000 tracks a few milliseconds a frame, and moves what is drawn meanwhile", async () => {
    const { page, problems, close } = await open("#sample=city-large&k=8&method=k-means");
    await page.getByText("10,000 tracks").first().waitFor();
    // Drawing asks the clock after every slice and stops for a frame when its few milliseconds are over. By a clock that a reading moves
    // on by a millisecond, the number of frames is the same on every machine.
    const frames = await page.evaluate(async () => {
      const map = document.querySelector<HTMLElement>(".map-canvas")!;
      const readClock = performance.now;
      let now = readClock.call(performance);
      performance.now = () => ++now;
      map.focus();
      map.dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
      let count = 0;
      await new Promise<void>((resolve) => {
        const step = () => {
          count++;
          if (map.dataset.settled === "true" && count > 2) resolve();
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      });
      performance.now = readClock;
      return count;
    });
    expect(frames).toBeGreaterThanOrEqual(10);
    expect(problems).toEqual([]);
    await close();
  });
});

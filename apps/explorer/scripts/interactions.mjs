// How long the page is at work for one movement of a hand, with 10,000 tracks and 100,000 places: `pnpm build && pnpm interactions [out.json]`. Needs a Chromium.
//
// Chromium's own trace says how long each task of the page's main thread had the processor (CPU time, so other work on the machine does not count); its
// event timing says when the next picture was on the screen after the event (wall time, so it does).
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { findChromium, launch, openPage, serveDist, settled } from "./harness.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ name: string, act: (page: Page) => Promise<void> }} Interaction */

/** @param {Page} page */
const boxOf = async (page) => {
  const box = await page.locator(".map-canvas").boundingBox();
  if (box === null) throw new Error("interactions: the map must be on the page");
  return box;
};

/** @type {(key: string) => Interaction["act"]} */
const press = (key) => async (page) => {
  await page.locator(".map-canvas").focus();
  await page.keyboard.press(key);
};

/** @type {Interaction["act"]} */
async function drag(page) {
  const { x, y, width, height } = await boxOf(page);
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 160, y + height / 2 + 90, { steps: 12 });
  await page.mouse.up();
}

/** @type {Interaction["act"]} */
async function click(page) {
  const { x, y, width, height } = await boxOf(page);
  await page.mouse.click(x + width * 0.4, y + height * 0.45);
}

/** @type {readonly { hash: string, shows: string, ready: (page: Page) => Promise<void>, interactions: readonly Interaction[] }[]} */
const scenes = [
  {
    hash: "#sample=city-large&k=8&method=k-means",
    shows: "10,000 tracks",
    ready: (page) => page.locator(".legend .count").nth(7).waitFor(),
    interactions: [
      { name: "zoom by a key", act: press("+") },
      { name: "drag the map, 12 steps", act: drag },
      {
        name: "click the middle track of a cluster",
        act: (page) =>
          page.getByRole("button", { name: "Show the track in the middle of cluster 2" }).click(),
      },
      { name: "hide a cluster", act: (page) => page.locator(".legend input[type=checkbox]").first().click() },
      { name: "dark and light", act: (page) => page.locator(".theme").click() },
    ],
  },
  {
    hash: "#panel=places&sample=crossing&k=4&method=k-means&places=100000",
    shows: "100,000 places",
    ready: (page) => page.locator(".answers li").nth(9).waitFor(),
    interactions: [
      {
        name: "move μ by ten steps",
        act: async (page) => {
          await page.getByLabel("Near or alike").focus();
          for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
        },
      },
      {
        name: "type a word, nine letters",
        act: async (page) => {
          await page.getByLabel("Words").fill("");
          await page.getByLabel("Words").pressSequentially("paintings");
        },
      },
      { name: "click a place on the map", act: click },
      { name: "zoom by a key", act: press("+") },
      { name: "drag the map, 12 steps", act: drag },
    ],
  },
];

const executable = findChromium();
if (executable === undefined)
  throw new Error("interactions: a Chromium must be on the PATH or in CHROMIUM_PATH");
const out = process.argv[2];
const server = await serveDist();
const browser = await launch(executable);
const rows = [];
try {
  for (const { hash, shows, ready, interactions } of scenes) {
    const { page, problems, close } = await openPage(browser, server.origin, { hash });
    await settled(page);
    await ready(page);
    for (const { name, act } of interactions) {
      rows.push({ shows, interaction: name, ...(await measured(page, act)) });
      console.log(JSON.stringify(rows.at(-1)));
    }
    if (problems.length > 0) throw new Error(`interactions: ${shows}: ${problems.join("; ")}`);
    await close();
  }
  const report = {
    madeBy: "apps/explorer/scripts/interactions.mjs",
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      note: "no graphics card; other work ran on it too",
    },
    chromium: browser.version(),
    rows,
  };
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  await browser.close();
  await server.close();
}

/**
 * One interaction under trace.
 *
 * @param {Page} page
 * @param {Interaction["act"]} act
 */
async function measured(page, act) {
  await page.evaluate(() => {
    const seen = /** @type {{ durations?: number[] }} */ (globalThis);
    seen.durations = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.durations?.push(duration);
    }).observe(/** @type {PerformanceObserverInit} */ ({ type: "event", durationThreshold: 16 }));
  });
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await act(page);
  await settled(page);
  // Event timing reports after the frame that follows.
  await page.waitForTimeout(600);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  const durations = await page.evaluate(
    () => /** @type {{ durations?: number[] }} */ (globalThis).durations ?? [],
  );
  const tasks = mainThreadTasks(trace.traceEvents);
  return {
    longestTaskCpuMs: round(Math.max(0, ...tasks)),
    tasksOver50Ms: tasks.filter((ms) => ms > 50).length,
    cpuMs: round(tasks.reduce((sum, ms) => sum + ms, 0)),
    longestToNextPictureMs: durations.length === 0 ? null : Math.max(...durations),
  };
}

/**
 * CPU milliseconds of each task of the page's main thread.
 *
 * @param {{ name: string, ph: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }[]} events
 */
function mainThreadTasks(events) {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = new Map();
  for (const { name, ph, pid, tid, tdur } of events) {
    const thread = `${pid} ${tid}`;
    if (ph !== "X" || !mains.has(thread) || !/RunTask$/.test(name) || tdur === undefined) continue;
    // The same task has an event in two categories: the names keep them apart.
    const key = `${thread} ${name}`;
    tasks.set(key, [...(tasks.get(key) ?? []), tdur / 1000]);
  }
  const sums = [...tasks.values()].map((all) => ({
    all,
    sum: all.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
  }));
  sums.sort((a, b) => b.sum - a.sum);
  if (sums[0] === undefined) throw new Error("interactions: the trace must hold tasks of the page");
  return /** @type {number[]} */ (sums[0].all);
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(3));
}

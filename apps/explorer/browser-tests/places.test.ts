import { expect, it } from "vitest";
import { settled } from "../scripts/harness.mjs";
import { inChromium } from "./in-chromium.js";

inChromium("Photos and places", ({ open }) => {
  const start = "#panel=places&sample=crossing&k=8&method=k-means";

  it("answers words and a place, and takes the score apart", async () => {
    const { page, problems, close } = await open(start);
    await page.locator(".answers li").nth(9).waitFor();
    const scores = (await page.locator(".answer-head .count").allTextContents()).map(Number);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const words = await page.locator(".score-words").first().textContent();
    const parts = Array.from(words!.matchAll(/\d\.\d+/g), ([part]) => Number(part));
    expect(parts).toHaveLength(3);
    expect(parts.reduce((a, b) => a + b)).toBeCloseTo(scores[0]!, 1);
    expect(problems).toEqual([]);
    await close();
  });

  it("changes answers while μ moves: all nearness at one end, all likeness at the other", async () => {
    const { page, problems, close } = await open(`${start}&weight=0`);
    await page.locator(".answers li").nth(9).waitFor();
    const mu = page.getByLabel("Near or alike");
    const part = async (name: string) => {
      const all = await page.locator(".score-words").allTextContents();
      return all.map((words) => Number(new RegExp(`${name} (\\d\\.\\d+)`).exec(words)![1]));
    };
    await mu.fill("1");
    await expect.poll(async () => Math.max(...(await part("alike")))).toBe(0);
    const meters = (await page.locator(".facts").allTextContents()).map((facts) => facts.split(" · ")[1]!);
    expect(meters.every((each) => each.endsWith(" m"))).toBe(true);
    await mu.fill("0");
    await expect.poll(async () => Math.max(...(await part("near")))).toBe(0);
    expect(new URL(page.url()).hash).toContain("mu=0");
    expect(problems).toEqual([]);
    await close();
  });

  it("keeps to the kind, and says which words nobody uses", async () => {
    const { page, problems, close } = await open(start);
    await page.locator(".answers li").nth(9).waitFor();
    await page.getByLabel("Only").selectOption("park");
    await page.getByLabel("Words").fill("zeppelin");
    await page.getByText("Not in any description: zeppelin.").waitFor();
    const facts = await page.locator(".facts").allTextContents();
    expect(facts.every((each) => each.startsWith("park"))).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  it("stands where one clicks, and answers among 100,000 places", async () => {
    const { page, problems, close } = await open(`${start}&places=100000`);
    await settled(page);
    await page.locator(".answers li").nth(9).waitFor();
    const before = await page.locator(".facts").first().textContent();
    await page.locator(".map-canvas").click({ position: { x: 300, y: 200 } });
    await expect.poll(() => page.locator(".facts").first().textContent()).not.toBe(before);
    expect(new URL(page.url()).hash).toMatch(/at=13\.\d+,51\.\d+/);
    expect(problems).toEqual([]);
    await close();
  });
});

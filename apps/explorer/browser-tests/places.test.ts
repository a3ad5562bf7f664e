import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
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

  it("opens a list of one's own places: its kinds, its words, its ratings, and what it left out", async () => {
    const { page, problems, close } = await open(`${start}&mu=0`);
    await page.locator(".answers li").nth(9).waitFor();
    const table = [
      "name,lon,lat,category,stars,description",
      "Mill,8.54,47.37,restaurant,4,fresh trout",
      "Rose,8.55,47.38,hotel,2,quiet rooms by the lake",
      "Swan,8.56,47.36,hotel,5,a swimming pool and a sauna",
      "Lost,,,hotel,3,no position",
    ].join("\n");
    const input = page.locator(".drop input[accept*=csv][accept*=jpg]");
    await input.setInputFiles({ name: "places.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await page.getByText("Read 3 places from 1 file.").waitFor();
    await page.getByText("has no position").waitFor();
    await page.getByLabel("Words").fill("saunas");
    await expect.poll(() => page.locator(".answer-head button").first().textContent()).toBe("1. Swan");
    await page.getByText("Not in any description: saunas.").waitFor();
    await page.getByLabel("Words").fill("trout");
    await expect.poll(() => page.locator(".answer-head button").first().textContent()).toBe("1. Mill");
    await page.getByLabel("Only").selectOption("hotel");
    await expect.poll(() => page.locator(".answers li").count()).toBe(2);
    expect(new URL(page.url()).hash).not.toContain("places=");
    expect(problems).toEqual([]);
    await close();
  });

  it("opens a folder of photos where they were taken, and shows them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "photos-"));
    const exif = (lat: string, lon: string, text: string) => ({
      IFD0: { ImageDescription: text },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: lat, GPSLongitudeRef: "E", GPSLongitude: lon },
    });
    const photos = [
      ["IMG_1.jpg", exif("51/1 3/1 0/1", "13/1 44/1 0/1", "a steam boat on the river")],
      ["IMG_2.jpg", exif("51/1 5/1 0/1", "13/1 40/1 0/1", "vineyards in autumn")],
    ] as const;
    for (const [name, tags] of photos) {
      const image = sharp({ create: { width: 60, height: 40, channels: 3, background: "#37a" } }).jpeg();
      await writeFile(join(folder, name), await image.withExif(tags).toBuffer());
    }
    await writeFile(join(folder, "notes.doc"), "no photo");
    const { page, problems, close } = await open(start);
    await page.locator(".answers li").nth(9).waitFor();
    await page.locator(".drop input[webkitdirectory]").setInputFiles(folder);
    await page.getByText("Read 2 places from 3 files, 2 photos among them.").waitFor();
    await page.getByText("neither a photo nor a list of places").waitFor();
    await page.getByLabel("Words").fill("boats");
    await expect.poll(() => page.locator(".answer-head button").first().textContent()).toBe("1. IMG_1.jpg");
    const widths = () =>
      page
        .locator("img.photo")
        .evaluateAll((all) => all.map((each) => (each as HTMLImageElement).naturalWidth));
    await expect.poll(widths).toEqual([60, 60]);
    await page.getByLabel("Or look at made-up ones").selectOption("2000");
    await page.locator(".answers li").nth(9).waitFor();
    expect(problems).toEqual([]);
    await close();
    await rm(folder, { recursive: true });
  });
});

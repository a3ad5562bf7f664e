import { expect, it } from "vitest";
import { settled } from "../scripts/harness.mjs";
import { inChromium } from "./in-chromium.js";

inChromium("Which track?", ({ open }) => {
  it("finds the track of a made-up map, with its sides and without", async () => {
    const { page, problems, close } = await open("#panel=picture&k=4&method=k-means");
    await settled(page);
    await page.getByRole("button", { name: "Or try a made-up map" }).click();
    await page.locator(".verdict").waitFor();
    // The first sample shows trip 131.
    expect(await page.locator(".hits li button").first().textContent()).toBe("trip 131");
    const percent = Number(/(\d+) %/.exec((await page.locator(".verdict").textContent())!)![1]);
    expect(percent).toBeGreaterThan(50);
    await page.getByRole("button", { name: "Unknown" }).click();
    await page.getByRole("button", { name: "Find the track" }).click();
    await page.getByText("Found by shape alone").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("marks the sides on the map, and says in words what it cannot use", async () => {
    const { page, problems, close } = await open("#panel=picture&k=4&method=k-means");
    await settled(page);
    await page.getByRole("button", { name: "Find the track" }).click();
    await page.getByText("A picture must be chosen first.").waitFor();
    await page.getByRole("button", { name: "Mark on the map" }).click();
    const box = (await page.locator(".map-canvas").boundingBox())!;
    await page.mouse.move(box.x + 60, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 300, { steps: 4 });
    await page.mouse.up();
    const side = async (name: string) => Number(await page.getByLabel(name, { exact: true }).inputValue());
    expect(await side("East")).toBeGreaterThan(await side("West"));
    expect(await side("North")).toBeGreaterThan(await side("South"));
    await page
      .locator(".drop input[accept]")
      .setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await page.getByText("This file is no picture").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

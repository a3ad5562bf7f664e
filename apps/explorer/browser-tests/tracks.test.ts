import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { settled } from "../scripts/harness.mjs";
import { fixture, inChromium } from "./in-chromium.js";

inChromium("Tracks", ({ open }) => {
  it("draws and clusters the sample city, with an elbow and a legend", async () => {
    const { page, problems, close } = await open("#k=6&method=k-means");
    await settled(page);
    expect(await page.locator(".summary").textContent()).toBe("600 tracks, 30,708 points.");
    const sizes = await page.locator(".legend .count").allTextContents();
    expect(sizes).toHaveLength(6);
    expect(sizes.reduce((sum, size) => sum + Number(size), 0)).toBe(600);
    expect(await page.locator(".chart svg").getAttribute("aria-label")).toContain("for 2 to 16 clusters");
    expect(problems).toEqual([]);
    await close();
  });

  it("finds the tracks most like a clicked one, and keeps it in the address", async () => {
    const { page, problems, close } = await open("#k=4&method=k-means");
    await settled(page);
    await page.getByRole("button", { name: "Show the track in the middle of cluster 2" }).click();
    await page.locator(".hits li").nth(4).waitFor();
    const shown = await page.locator("h3").first().textContent();
    expect(new URL(page.url()).hash).toContain(`trip=${shown!.replace("trip ", "")}`);
    await page.getByRole("button", { name: "Show all" }).click();
    expect(new URL(page.url()).hash).not.toContain("trip=");
    expect(problems).toEqual([]);
    await close();
  });

  it("reads dropped files, says what it skipped, and saves what it clustered", async () => {
    const { page, problems, close } = await open("#k=2&method=k-means");
    await settled(page);
    const lines = [
      "id,lon,lat",
      ...["a", "b", "c", "d"].flatMap((id, i) => [
        `${id},13.${i},51.0`,
        `${id},13.${i},51.1`,
        `${id},13.${i},51.2`,
      ]),
      "e,999,51",
    ];
    await page
      .locator(".drop input[accept]")
      .setInputFiles({ name: "trips.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
    await page.getByText("4 tracks, 12 points.").waitFor();
    await settled(page);
    expect(await page.locator(".report").textContent()).toContain("position out of range");
    await page.getByText("Save", { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "GeoJSON" }).click(),
    ]);
    const saved = JSON.parse(await readFile((await download.path())!, "utf8")) as {
      features: { id: string; properties: { cluster: number } }[];
    };
    const clusters = Object.fromEntries(saved.features.map(({ id, properties }) => [id, properties.cluster]));
    expect(clusters.a).toBe(clusters.b);
    expect(clusters.c).toBe(clusters.d);
    expect(clusters.a).not.toBe(clusters.c);
    expect(problems).toEqual([]);
    await close();
  });

  it("says in words that a file holds no tracks", async () => {
    const { page, problems, close } = await open("#k=2&method=k-means");
    await settled(page);
    await page
      .locator(".drop input[accept]")
      .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("nothing to see") });
    await page.locator(".notice").waitFor();
    expect(await page.locator(".notice p").textContent()).toMatch(/No tracks were found|track/);
    expect(await page.locator(".summary").textContent()).toBe("600 tracks, 30,708 points.");
    expect(problems).toEqual([]);
    await close();
  });

  it("labels trips by a trained model, on onnxruntime-web, as Python does", async () => {
    const golden = JSON.parse(await readFile(fixture("onnx.json"), "utf8")) as {
      models: Record<string, { label: number[] }>;
    };
    const { shape, coordinates, lengths } = JSON.parse(
      await readFile(fixture("city-lonlat.trips.json"), "utf8"),
    ) as {
      shape: number[];
      coordinates: number[];
      lengths: number[];
    };
    const rows = lengths.flatMap((length, i) =>
      Array.from({ length }, (_, p) => {
        const at = 2 * (i * shape[1]! + p);
        return `t${i},${coordinates[at]},${coordinates[at + 1]}`;
      }),
    );
    const { page, problems, close } = await open("#k=2&method=k-means");
    await settled(page);
    await page.locator(".drop input[accept]").setInputFiles({
      name: "trips.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(["id,lon,lat", ...rows].join("\n")),
    });
    await page.getByText(`${lengths.length} tracks`).first().waitFor();
    await settled(page);
    await page.getByLabel("A trained E2DTC model").setInputFiles(fixture("city-lonlat.onnx"));
    await page.getByText("of the model").waitFor();
    await page.getByText("Save", { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "GeoJSON" }).click(),
    ]);
    const saved = JSON.parse(await readFile((await download.path())!, "utf8")) as {
      features: { properties: { cluster: number } }[];
    };
    expect(saved.features.map(({ properties }) => properties.cluster)).toEqual(
      golden.models["city-lonlat"]!.label,
    );
    expect(problems).toEqual([]);
    await close();
  });

  it("stops at Cancel", async () => {
    const { page, problems, close } = await open("#sample=city&k=auto");
    await page.locator(".task", { hasText: "Clustering" }).getByRole("button", { name: "Cancel" }).click();
    await page.locator(".task:not([hidden])").waitFor({ state: "detached" });
    expect(await page.locator(".legend").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });
});

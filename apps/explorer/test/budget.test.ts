import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const assets = readdirSync(join(dist, "assets"));
const kilobytes = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;
const sizeOf = (pattern: RegExp) =>
  assets.filter((name) => pattern.test(name)).map((name) => kilobytes(`assets/${name}`));

// The budget that the README states, in kilobytes of gzip.
it("shows the page with at most 45 kB of script and style", () => {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const loaded = Array.from(
    html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g),
    ([, file]) => file!,
  );
  expect(loaded.length).toBeGreaterThanOrEqual(2);
  expect(loaded.reduce((sum, file) => sum + kilobytes(file), kilobytes("index.html"))).toBeLessThan(45);
});

it("asks at most 84 kB of any worker, and 260 kB of the map", () => {
  const workers = sizeOf(/^worker-.*\.js$/);
  expect(workers).toHaveLength(3);
  for (const size of workers) expect(size).toBeLessThan(84);
  expect(sizeOf(/^countries-.*\.json$/)).toHaveLength(1);
  expect(sizeOf(/^countries-.*\.json$/)[0]).toBeLessThan(260);
});

it("names ONNX Runtime in no file that a page without models loads", () => {
  const early = assets.filter((name) => /^(index|worker)-.*\.js$/.test(name));
  for (const name of early)
    expect(readFileSync(join(dist, "assets", name), "utf8")).not.toContain("InferenceSession.create(");
});

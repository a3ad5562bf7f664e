import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { loadWebNews } from "../src/datasets/web-news.js";
import type { RunContext } from "../src/experiment.js";
import { webNews } from "../src/experiments/cosmat/web-news.js";

const shared = new Map<string, Promise<unknown>>();
const context = {
  seed: 1,
  random: new Random(1),
  signal: new AbortController().signal,
  onProgress: () => {},
  load: (_dataset: unknown, key: string, loader: (located: undefined) => Promise<unknown>) =>
    shared.get(key) ?? shared.set(key, loader(undefined)).get(key),
  share: (key: string, compute: () => Promise<unknown>) =>
    shared.get(key) ?? shared.set(key, compute()).get(key),
} as unknown as RunContext;

describe("cosmat/web-news", () => {
  const parameters = { train: 120, test: 60, topics: 10, words: 16, step: 16 };
  const rows = webNews.rows({ preset: "quick", parameters });

  it("says that its made-up pairs are synthetic", async () => {
    expect((await loadWebNews(context, parameters)).provenance.source).toBe("synthetic");
  });

  it.each(rows.map((row) => [row.system, row] as const))("%s finds what belongs together", async (_, row) => {
    const { t2iMap, i2tMap } = webNews.score(await row.run(context));
    // Chance is a little over a tenth: ten classes.
    expect(Math.min(t2iMap!, i2tMap!)).toBeGreaterThan(0.2);
  });
});

import { describe, expect, it } from "vitest";
import { loadWebNews } from "../src/datasets/web-news.js";
import { webNews } from "../src/experiments/cosmat/web-news.js";
import { syntheticContext } from "./synthetic-context.js";

const context = syntheticContext();

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

  it("trains AlexNet where the preset says how, and puts it last", async () => {
    const alexNet = {
      width: 1 / 16,
      pretraining: { photosAClass: 1, epochs: 1 },
      fineTuning: { epochs: 1 },
      batchSize: 8,
    };
    const withAlexNet = webNews.rows({ preset: "standard", parameters: { ...parameters, alexNet } });
    expect(withAlexNet.map(({ system }) => system)).toEqual([
      ...rows.map(({ system }) => system),
      "SM, AlexNet × LDA topics, cosine",
      "SM, AlexNet × LDA topics, centred cosine",
      "DeCoSReS, AlexNet × LDA topics, cosine",
      "DeCoSReS, AlexNet × LDA topics, centred cosine",
    ]);
    const raw = await withAlexNet.at(-1)!.run(context);
    // A few minutes' training would tell the classes apart; these seconds need not.
    expect(webNews.score(raw).t2iMap).toBeGreaterThan(0.08);
  });
});

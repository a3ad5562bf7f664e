import { Random } from "@wayweave/geo-core";
import { fitLda } from "../src/text/lda.js";
import type { WordCounts } from "../src/text/vocabulary.js";

/** Documents of 100 words from 50 topics over a Zipf-like vocabulary, as web texts have them. */
function corpus(documents: number, vocabularySize: number): WordCounts {
  const random = new Random(1);
  const offsets = new Uint32Array(documents + 1);
  const words: number[] = [];
  const counts: number[] = [];
  for (let d = 0; d < documents; d++) {
    const own = new Map<number, number>();
    const topic = random.integer(50);
    for (let i = 0; i < 100; i++) {
      const rank = Math.floor(vocabularySize ** random.next()) - 1;
      const word = i % 3 === 0 ? rank : (rank * 50 + topic) % vocabularySize;
      own.set(word, (own.get(word) ?? 0) + 1);
    }
    for (const [word, count] of [...own].sort(([a], [b]) => a - b)) {
      words.push(word);
      counts.push(count);
    }
    offsets[d + 1] = words.length;
  }
  return { offsets, words: Uint32Array.from(words), counts: Float64Array.from(counts), vocabularySize };
}

for (const topics of [10, 50, 200]) {
  const counts = corpus(10_000, 10_000);
  const startedAt = performance.now();
  const lda = await fitLda(counts, { topics, passes: 5 });
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `10,000 documents, ${topics} topics, 5 passes: ${seconds.toFixed(1)} s, perplexity ${lda.perplexity(counts).toFixed(0)}`,
  );
}

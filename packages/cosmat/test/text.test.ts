import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError } from "@wayweave/geo-core";
import { saveCheckpoint } from "@wayweave/nn";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createTokenizer } from "../src/text/tokenizer.js";
import { TxtNet } from "../src/text/txt-net.js";
import { Vocabulary } from "../src/text/vocabulary.js";

describe("createTokenizer", () => {
  it("lower-cases, and leaves out stop words, short words, numbers and punctuation", () => {
    expect(createTokenizer()("The 12 GEYSERS of Iceland, a land!")).toEqual(["geysers", "iceland", "land"]);
    expect(createTokenizer({ keepNumbers: true, stopWords: "none" })("in 2,199 photos")).toEqual([
      "in",
      "2,199",
      "photos",
    ]);
  });

  it("finds the words of a language without spaces", () => {
    expect(createTokenizer({ locale: "zh" })("甘肃省酒泉市，小朋友在进行平衡车比赛。")).toContain("比赛");
  });

  it("takes full-width and half-width letters for the same", () => {
    expect(createTokenizer()("ＧＰＳ gps")).toEqual(["gps", "gps"]);
  });

  it("law: long texts have the words that the segmenter finds in them whole", () => {
    const parts = [
      "don't",
      "3,141.59",
      "l’eau",
      " ",
      "  ",
      "\n",
      "\t",
      "e.g.",
      "(so)",
      "，",
      "。",
      "、",
      "「雨」",
      "教堂在夜晚",
      "照片",
      "カメラ",
      "ภาษาไทย",
    ];
    const part = fc.constantFrom(
      ...parts,
      "a\u0301",
      "\u0301",
      "\u200d",
      "👩‍👩‍👧",
      "k:a",
      "x,y",
      "x,1",
      "/",
      "#",
      "-",
      "a;b",
      "1;2",
      "،",
      "।",
      "1,x",
      "!?",
      "한국어",
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 200, maxLength: 600 }),
        fc.constantFrom("en", "zh"),
        (found, locale) => {
          const text = found.join("");
          const whole = new Intl.Segmenter(locale, { granularity: "word" }).segment(text.normalize("NFKC"));
          const words = [...whole]
            .filter(({ isWordLike }) => isWordLike)
            .map(({ segment }) => segment.toLocaleLowerCase(locale));
          const tokenize = createTokenizer({ locale, stopWords: "none", minLength: 1, keepNumbers: true });
          expect(tokenize(text)).toEqual(words);
        },
      ),
    );
  });

  it.each([
    ["words between commas", "church at night, ", 40_000],
    ["tags between semicolons", "holiday;beach;", 40_000],
    ["words between slashes", "north/south/", 40_000],
    ["one word", "abcdefghij", 1],
  ])("takes time in proportion to a text's length: %s", (_, part, words) => {
    // As one text, its segments would take minutes.
    expect(createTokenizer()(part.repeat(20_000))).toHaveLength(words);
  });

  it.each([
    ["zh", "教堂在夜晚的照片和城市"],
    ["th", "ภาษาไทยเป็นภาษาที่สวยงาม"],
    ["ja", "夜の教会の写真です"],
  ])("loses no character of a script without spaces, however long (%s)", (locale, sentence) => {
    const text = sentence.repeat(3000);
    const words = createTokenizer({ locale, stopWords: "none", minLength: 1 })(text);
    expect(words.join("")).toBe(text);
    // Some cut words at most, where it is looked at in pieces.
    const few = createTokenizer({ locale, stopWords: "none", minLength: 1 })(sentence).length;
    expect(Math.abs(words.length / (3000 * few) - 1)).toBeLessThan(0.1);
  });

  it("makes no word of an empty text", () => {
    expect(createTokenizer()("")).toEqual([]);
  });

  it("names an unknown locale", () => {
    expect(() => createTokenizer({ locale: "not a tag" })).toThrow(
      'createTokenizer: locale must be a BCP 47 language tag, got "not a tag"',
    );
  });
});

describe("Vocabulary", () => {
  const documents = [["red", "car"], ["red", "bus", "red"], ["blue", "car"], ["green"]];

  it("orders by document frequency, ties alphabetically, and drops rare words", () => {
    expect(Vocabulary.fit(documents).words).toEqual(["car", "red"]);
    expect(Vocabulary.fit(documents, { minDocuments: 1, maxWords: 3 }).words).toEqual(["car", "red", "blue"]);
  });

  it("drops words that too many documents have", () => {
    // "red" is in 2 of 4 documents, a share of 0.5
    expect(Vocabulary.fit(documents, { minDocuments: 1, maxDocumentShare: 0.4 }).words).toEqual([
      "blue",
      "bus",
      "green",
    ]);
  });

  it("counts words in compressed rows; a document may come out empty", () => {
    const counts = Vocabulary.fit(documents).count(documents);
    expect([...counts.offsets]).toEqual([0, 2, 3, 4, 4]);
    expect([...counts.words]).toEqual([0, 1, 1, 0]);
    expect([...counts.counts]).toEqual([1, 1, 2, 1]);
  });

  it("says when nothing is left", () => {
    expect(() => Vocabulary.fit([["a"], ["b"]])).toThrow(
      "Vocabulary.fit: at least one word must be in 2 or more and in at most 50 % of the documents, got none of 2 words in 2 documents",
    );
  });
});

describe("TxtNet", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "txtnet-"));
  afterAll(() => rm(folder, { recursive: true }));

  it("comes back from a file as it was, with its language and its stop words", async () => {
    const texts = ["北京的足球比赛", "北京的音乐会", "足球比赛结束", "音乐会开始"];
    const options = { locale: "zh", stopWords: ["结束"] };
    const net = await TxtNet.fit(texts, { tokenizer: options, lda: { topics: 3, seed: 1 } });
    const file = path.join(folder, "txtnet.safetensors");
    await net.save(file);
    const loaded = await TxtNet.load(file);
    expect(loaded.transform(texts)).toEqual(net.transform(texts));
    expect(loaded.topWords(3)).toEqual(net.topWords(3));
    expect(loaded.vocabulary.words).toEqual(net.vocabulary.words);
  });

  it("refuses other files", async () => {
    const file = path.join(folder, "other.safetensors");
    await saveCheckpoint(file, { tensors: {}, metadata: { format: "wayweave.cosmat", version: 1 } });
    await expect(TxtNet.load(file)).rejects.toThrow(new FormatError("not a TxtNet", { file }));
    await saveCheckpoint(file, { tensors: {}, metadata: { format: "wayweave.txtnet", version: 2 } });
    await expect(TxtNet.load(file)).rejects.toThrow("version 2 is not one that is known here (1)");
    await saveCheckpoint(file, { tensors: {}, metadata: { format: "wayweave.txtnet", version: 1 } });
    await expect(TxtNet.load(file)).rejects.toThrow("the model's description is incomplete");
  });

  it("goes from raw texts to topic proportions", async () => {
    const texts = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? "football match goal team player" : "piano concert orchestra violin music",
    );
    const net = await TxtNet.fit(texts, { lda: { topics: 2, seed: 1 } });
    const rows = net.transform(["the team scored a goal", "a violin concert", "unknown words only", ""]);
    expect(rows[0]! > 0.5).not.toBe(rows[2]! > 0.5);
    expect([...rows.subarray(4)]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(net.topWords(5).map((words) => words.includes("goal") !== words.includes("violin"))).toEqual([
      true,
      true,
    ]);
  });
});

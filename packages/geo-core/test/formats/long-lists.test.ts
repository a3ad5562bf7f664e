import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSplitter } from "../../src/formats/geojson/feature-splitter.js";
import { readTrajectories } from "../../src/index.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is made of a text of which hardly anything is held, and how often elements were parsed on the way. */
function readBitByBit(text: string, heldBytes: number): { values: unknown[]; parsed: number } {
  const values: unknown[] = [];
  let parsed = 0;
  const splitter = new FeatureSplitter(
    "file.json",
    {
      feature: (bytes, _, lists) => {
        const value: unknown = JSON.parse(decoder.decode(bytes));
        values.push(lists === undefined ? value : lists.restored(value));
      },
      elements: (bytes) => {
        parsed++;
        try {
          return JSON.parse(`[${decoder.decode(bytes)}]`) as unknown[];
        } catch {
          return undefined;
        }
      },
      crs: () => {},
    },
    heldBytes,
  );
  splitter.push(encoder.encode(text));
  splitter.finish();
  return { values, parsed };
}

describe("a list in an object that is too long to be held as text", () => {
  it("is read as any other", () => {
    const json = fc.jsonValue({ maxDepth: 5 });
    const objects = fc.dictionary(
      fc.string(),
      fc.oneof(json, fc.array(json), fc.dictionary(fc.string(), fc.array(json))),
    );
    fc.assert(
      fc.property(
        objects,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 2 }),
        (value, held, indent) => {
          fc.pre(!Object.hasOwn(value, "features"));
          const text = JSON.stringify(value, null, indent);
          expect(readBitByBit(text, held).values).toEqual([JSON.parse(text)]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is parsed on the way, also within objects, and beside another one", () => {
    const value = {
      version: [1, { of: "[,]" }, 'a "b', 2],
      data: { rows: Array.from({ length: 50 }, (_, i) => ({ lat: i, tags: ["a,b", [i, i]] })), count: 50 },
    };
    const { values, parsed } = readBitByBit(JSON.stringify(value), 100);
    expect(values).toEqual([value]);
    expect(parsed).toBeGreaterThan(40);
  });

  it.each(["", "\u0000 elements of list 0", "\u0000 elements of list 7"])(
    "may begin with any text (%j)",
    (first) => {
      const value = { a: [first, 1, 2], b: [first, 3] };
      expect(readBitByBit(JSON.stringify(value), 1000).values).toEqual([value]);
      expect(readBitByBit(JSON.stringify(value), 0).values).toEqual([value]);
    },
  );

  it.each(['{"a":[1,2,}', '{"a":[1,,2]}', '{"a":[1,2,]}', '{"a":[1,2', '{"a":[1 2,3,4]}', '{"a":[tru,2,3]}'])(
    "is no JSON where it is broken: %s",
    (text) => {
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(() => readBitByBit(text, 0)).toThrow(SyntaxError);
    },
  );

  it("is a history of the same points, however long", async () => {
    const locations = Array.from({ length: 100 }, (_, i) => ({
      latitudeE7: 510000000 + i,
      longitudeE7: 137000000 + i,
      timestamp: new Date(1.4e12 + 60_000 * i).toISOString(),
    }));
    const padding = " ".repeat(700_000);
    const texts = [
      `{"locations":[`,
      ...locations.map((each, i) => `${i === 0 ? "" : ","}${JSON.stringify(each)}${padding}`),
      "]}",
    ];
    const long = await readTrajectories([{ name: "Records.json", data: new Blob(texts) }]);
    const short = await readTrajectories([
      { name: "Records.json", data: new Blob([JSON.stringify({ locations })]) },
    ]);
    expect(long.set.pointCount).toBe(100);
    expect(long.set.ids).toEqual(short.set.ids);
    expect(long.set.coordinates).toEqual(short.set.coordinates);
    expect(long.set.timesMs).toEqual(short.set.timesMs);
    expect(long.report).toEqual(short.report);
  });
});

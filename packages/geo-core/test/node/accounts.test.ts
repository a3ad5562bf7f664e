import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.js";
import {
  type ReadOptions,
  type ReadReport,
  readCabspotting,
  readCsv,
  readGeoJsonLines,
  readGeoLife,
  readGpx,
  readTrajectories,
  readUcy,
} from "../../src/node/index.js";
import { PLT_HEADER, skippedCount, temporaryFiles } from "./helpers.js";

/**
 * Nothing is lost silently: counted apart from the readers, a file's lines are as many as the records that the report
 * accounts for.
 */
const file = temporaryFiles();

it.each([
  ["a.csv", "a,b\n1,2\n3,4\n", "missing column"],
  ["a.tsv", "lon\tx2\n1\t2\n", "missing column"],
])("a file without the columns is damaged, and its records skipped: %s", async (name, text, reason) => {
  const { report } = await readTrajectories(file(name, text), { lenient: true });
  expect(report).toMatchObject({ kept: 0, damagedFiles: [{ reason, count: 1 }], skipped: [{ reason }] });
  expect(report.records).toBe(report.kept + skippedCount(report));
});

const time = (i: number) => new Date(Date.UTC(2008, 9, 23) + 1000 * i).toISOString();

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly header: string;
  /** The i-th sound line. */
  readonly line: (i: number) => string;
  readonly read: (path: string, options: ReadOptions) => Promise<{ report: ReadReport }>;
}

const COLUMNS = { layout: "points", id: "id", x: "lon", y: "lat", time: "at" } as const;
const SUBJECTS: readonly Subject[] = [
  {
    name: "GeoLife",
    file: "a.plt",
    header: PLT_HEADER,
    line: (i) => `39.9,116.3,0,492,39744.1,${time(i).slice(0, 10)},${time(i).slice(11, 19)}`,
    read: readGeoLife,
  },
  {
    name: "Cabspotting",
    file: "new_a.txt",
    header: "",
    line: (i) => `37.7 -122.3 ${i % 2} ${i}`,
    read: readCabspotting,
  },
  { name: "ETH/UCY", file: "a.txt", header: "", line: (i) => `${i}\t${i % 3}\t1.5\t2.5`, read: readUcy },
  {
    name: "CSV",
    file: "a.csv",
    header: "id,lon,lat,at\n",
    line: (i) => `"a",1,2,${time(i)}`,
    read: (path, options) => readCsv(path, { ...options, columns: COLUMNS }),
  },
  {
    name: "newline-delimited GeoJSON",
    file: "a.ndjson",
    header: "",
    line: (i) => `{"type":"LineString","coordinates":[[${i % 90},2],[3,4]]}`,
    read: readGeoJsonLines,
  },
];

/** A line's fate: left sound, said again, put out of order, or garbled. */
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant("sound" as const) },
  { weight: 1, arbitrary: fc.constantFrom("again" as const, "earlier" as const, "blank" as const) },
  {
    weight: 1,
    arbitrary: fc.string({ maxLength: 30 }).map((text) => ({ text: text.replace(/[\r\n\0]/g, "") })),
  },
);

describe.each(SUBJECTS)("$name", ({ file: name, header, line, read }) => {
  it("accounts for every line", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 30 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (fates, ending, endsWithNewline) => {
          const lines = fates.map((what, i) => {
            if (what === "sound") return line(i + 1);
            if (what === "again") return line(i);
            if (what === "earlier") return line(0);
            return what === "blank" ? " \t" : what.text;
          });
          const text = header + lines.join(ending) + (endsWithNewline ? ending : "");
          const { report } = await read(file(name, text), { lenient: true });
          const written = lines.filter((content) => /[^ \t]/.test(content)).length;
          expect(report.records).toBe(written);
          expect(report.kept + skippedCount(report)).toBe(written);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

/** XML elements that fit nowhere in particular. */
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      fc.constantFrom("trk", "trkseg", "rte", "trkpt", "rtept", "wpt", "time", "name"),
      fc.constantFrom("", ' lat="1" lon="2"'),
      fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("", "2020-01-01T00:00:00Z", "x"),
        fc.array(tie("tree"), { maxLength: 4 }),
      ),
    )
    .map(
      ([name, attributes, inside]) =>
        `<${name}${attributes}>${typeof inside === "string" ? inside : inside.join("")}</${name}>`,
    ),
}));

describe("GPX", () => {
  it("accounts for every point element, wherever it stands", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 5 }), async (elements) => {
        const text = `<gpx>${elements.join("")}</gpx>`;
        const { report } = await readGpx(file("a.gpx", text), { lenient: true });
        const written = text.match(/<(trkpt|rtept|wpt)[ >]/g)?.length ?? 0;
        expect(report.records).toBe(written);
        expect(report.kept + skippedCount(report)).toBe(written);
      }),
      { numRuns: runs(150) },
    );
  });
});

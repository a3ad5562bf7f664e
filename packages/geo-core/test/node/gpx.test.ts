import { describe, expect, it } from "vitest";
import { readGpx, readTrajectories } from "../../src/node/index.js";
import { skippedCount, temporaryFiles } from "./helpers.js";

const file = temporaryFiles();
const gpx = (inside: string) => `<?xml version="1.0"?>\n<gpx version="1.1">\n${inside}\n</gpx>\n`;
const pt = (lat: number | string, lon: number, time?: string, tag = "trkpt") =>
  `<${tag} lat="${lat}" lon="${lon}"><ele>5</ele>${time === undefined ? "" : `<time>${time}</time>`}</${tag}>`;

describe("readGpx", () => {
  it("makes every segment and route a trajectory", async () => {
    const path = file(
      "ride.gpx",
      gpx(
        `<wpt lat="1" lon="2"/><trk><name>A &amp; B</name><type>bike</type><trkseg>${pt(48, 11)}${pt(48.1, 11.1)}</trkseg>` +
          `<trkseg>${pt(49, 12)}</trkseg></trk><rte><name>R</name>${pt(50, 13, undefined, "rtept")}</rte>`,
      ),
    );
    const { trajectories, tracks, report } = await readGpx(path);
    expect([...trajectories].map(({ id, coordinates }) => [id, ...coordinates])).toEqual([
      ["ride/0/0", 11, 48, 11.1, 48.1],
      ["ride/0/1", 12, 49],
      ["ride/r0", 13, 50],
    ]);
    expect(tracks).toEqual([
      { kind: "track", index: 0, segment: 0, name: "A & B", type: "bike" },
      { kind: "track", index: 0, segment: 1, name: "A & B", type: "bike" },
      { kind: "route", index: 0, segment: 0, name: "R", type: undefined },
    ]);
    expect(report).toMatchObject({ records: 5, kept: 4, skipped: [{ reason: "waypoint", count: 1 }] });
  });

  it("the file's name and description stand for tracks and routes that have none", async () => {
    const author = "<author><name>who</name></author>";
    const metadata = `<metadata><name>F</name><desc>D</desc>${author}<time>2024-06-01T10:00:00Z</time></metadata>`;
    const timed = `<trkseg>${pt(48, 11, "2024-06-01T12:00:00Z")}</trkseg>`;
    const inside =
      `<wpt lat="1" lon="2"><name>W</name></wpt><trk>${timed}</trk><trk><name>T</name><desc>own</desc>${timed}</trk>` +
      `<rte>${pt(50, 13, undefined, "rtept")}</rte>`;
    const { trajectories, tracks } = await readGpx(file("named.gpx", gpx(metadata + inside)));
    expect(trajectories.properties).toEqual({
      name: ["F", "T", "F"],
      desc: ["D", "own", "D"],
      // Of the file: only where points say nothing of the kind.
      time: [null, null, "2024-06-01T10:00:00Z"],
    });
    expect(tracks.map(({ name }) => name)).toEqual(["F", "T", "F"]);
    // GPX 1.0 has them in its root element.
    const old = gpx(`<name>F</name><author>who</author><desc>D</desc>${inside}`);
    const { properties } = (await readGpx(file("old.gpx", old))).trajectories;
    expect(properties).toEqual({ name: ["F", "T", "F"], desc: ["D", "own", "D"] });
  });

  it("joins the segments of each track where asked, cut off or whole", async () => {
    const tracks = [
      `<trk><trkseg>${pt(48, 11)}${pt(48.1, 11.1)}</trkseg><trkseg/><trkseg>${pt(49, 12)}</trkseg></trk>`,
      `<rte>${pt(50, 13, undefined, "rtept")}</rte><trk><trkseg>${pt(1, 2)}</trkseg><trkseg>${pt(3, 4)}`,
    ];
    const whole = file("whole.gpx", gpx(`${tracks.join("")}</trkseg></trk>`));
    const expected = [
      [11, 48, 11.1, 48.1, 12, 49],
      [13, 50],
      [2, 1, 4, 3],
    ];
    const read = await readGpx(whole, { segments: "join" });
    expect([...read.trajectories].map(({ coordinates }) => [...coordinates])).toEqual(expected);
    expect(read.trajectories.ids).toEqual(["whole/0/0", "whole/r0", "whole/1/0"]);
    expect(read.tracks.map(({ index, segment }) => [index, segment])).toEqual([
      [0, 0],
      [0, 0],
      [1, 0],
    ]);
    expect([read.report.records, read.report.kept]).toEqual([6, 6]);
    const cut = file("cut.gpx", `<gpx>${tracks.join("")}`);
    const { set } = await readTrajectories(cut, { segments: "join", lenient: true });
    expect([...set].map(({ coordinates }) => [...coordinates])).toEqual(expected);
    await expect(readGpx(whole, { segments: "merge" as never })).rejects.toThrow(
      'readGpx: segments must be one of separate, join, got "merge"',
    );
  });

  it("reads times with zones and fractions", async () => {
    const points = pt(48, 11, "2020-01-01T01:00:00+01:00") + pt(48, 11, "2020-01-01T00:00:00.25Z");
    const { trajectories } = await readGpx(file("times.gpx", gpx(`<trk><trkseg>${points}</trkseg></trk>`)));
    const midnight = Date.UTC(2020, 0, 1);
    expect([...trajectories.timesMs!]).toEqual([midnight, midnight + 250]);
  });

  it("reads the encoding that the declaration names", async () => {
    const text = gpx(`<trk><name>Zürich</name><trkseg>${pt(47, 8)}</trkseg></trk>`);
    const latin1 = Buffer.from(text.replace('"1.0"', '"1.0" encoding="ISO-8859-1"'), "latin1");
    expect((await readGpx(file("latin1.gpx", latin1))).tracks[0]!.name).toBe("Zürich");
    const utf16 = Buffer.from(`\ufeff${text.replace('"1.0"', '"1.0" encoding="UTF-16"')}`, "utf16le");
    expect((await readGpx(file("utf16.gpx", utf16))).tracks[0]!.name).toBe("Zürich");
    await expect(readGpx(file("wrong.gpx", Buffer.from(text, "latin1")))).rejects.toThrow("not valid UTF-8");
  });

  it.each([
    [
      "a billion laughs",
      `<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx><name>&b;</name></gpx>`,
      "a GPX file must not define entities in a document type declaration",
    ],
    [
      "an external entity",
      `<!DOCTYPE gpx [<!ENTITY e SYSTEM "file:///etc/passwd">]><gpx><name>&e;</name></gpx>`,
      "a GPX file must not define entities in a document type declaration",
    ],
    [
      "an entity of an external document type",
      `<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx><name>&e;</name></gpx>`,
      "broken XML: Invalid character entity",
    ],
    ["an undefined entity", gpx("<name>&xxe;</name>"), "broken XML: Invalid character entity"],
    ["another root", "<kml/>", "the root element must be gpx, got kml"],
    ["endless nesting", `<gpx>${"<a>".repeat(200)}`, "elements must nest at most 100 deep"],
    ["a missing end", "<gpx><trk>", "broken XML: Unclosed root tag"],
    [
      "a missing latitude",
      gpx('<trk><trkseg><trkpt lon="1"/></trkseg></trk>'),
      'a point must have lat and lon, got lat="" lon="1"',
    ],
    ["a latitude out of range", gpx(`<trk><trkseg>${pt(91, 1)}</trkseg></trk>`), "got [1, 91]"],
    [
      "a point within a point",
      gpx(`<trk><trkseg><trkpt lat="1" lon="1">${pt(2, 2)}</trkpt></trkseg></trk>`),
      "trkpt must stand in trkseg, got a place in another point",
    ],
    ["a point outside a segment", gpx(`<trk>${pt(2, 2)}</trk>`), "trkpt must stand in trkseg, got trk"],
    [
      "a broken time",
      gpx(`<trk><trkseg>${pt(1, 1, "noon")}</trkseg></trk>`),
      'time must be ISO 8601, got "noon"',
    ],
    [
      "a date before 1970",
      gpx(`<trk><trkseg>${pt(1, 1, "0001-01-01T00:00:00Z")}</trkseg></trk>`),
      "timeRange which are believed), got 0001-01-01T00:00:00.000Z",
    ],
  ])("refuses %s", async (what, text, message) => {
    const path = file("refused.gpx", text);
    await expect(readGpx(path)).rejects.toThrow(message);
    const { report } = await readGpx(path, { lenient: true });
    if (/entity/.test(what) && report.damagedFiles.length === 0) return; // which breaks nothing but its own text
    expect(report.skipped.length + report.damagedFiles.length + report.mended.length).toBeGreaterThan(0);
    expect(report.records).toBe(report.kept + skippedCount(report));
  });

  it("keeps a file's times where it has them only here and there, or leaves them all out", async () => {
    const path = file(
      "mixed.gpx",
      gpx(
        `<rte>${pt(1, 1, undefined, "rtept")}</rte><trk><trkseg>${pt(1, 1, "2020-01-01T00:00:00Z")}</trkseg></trk>`,
      ),
    );
    const { trajectories, report } = await readGpx(path);
    expect([...trajectories.timesMs!]).toEqual([Number.NaN, Date.UTC(2020, 0, 1)]);
    expect(report.times).toEqual({ untimed: 1, repeated: 0, backward: 0 });
    const untimed = (await readGpx(path, { times: "ignore" })).trajectories;
    expect(untimed.length).toBe(2);
    expect(untimed.timesMs).toBeUndefined();
  });
});

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/index.js";
import { readGeoLife, streamGeoLife } from "../../src/node/index.js";
import { PLT_HEADER, temporaryFiles, zipOf } from "./helpers.js";

const file = temporaryFiles();
const point = (latitude: string | number, longitude: string | number, time: string) =>
  `${latitude},${longitude},0,492,39744.12,2008-10-23,${time}`;

describe("readGeoLife", () => {
  it("reads a folder's users with their labels", async () => {
    const plt = `${PLT_HEADER}${point(39.98, 116.31, "02:53:04")}\r\n${point(39.99, 116.32, "02:53:10")}\r\n`;
    const path = file("Data/010/Trajectory/20081023025304.plt", plt);
    file(
      "Data/010/labels.txt",
      "Start Time\tEnd Time\tTransportation Mode\n2008/10/23 02:53:00\t2008/10/23 02:53:05\tbus\n",
    );
    const folder = dirname(dirname(dirname(path)));
    const { trajectories, labels, report } = await readGeoLife(folder);
    const [trip] = trajectories;
    expect(trip).toEqual({
      id: "010/20081023025304",
      coordinates: Float64Array.of(116.31, 39.98, 116.32, 39.99),
      timesMs: Float64Array.of(Date.UTC(2008, 9, 23, 2, 53, 4), Date.UTC(2008, 9, 23, 2, 53, 10)),
    });
    expect(report).toEqual({
      files: 1,
      records: 2,
      kept: 2,
      skipped: [],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
    expect(labels.length).toBe(1);
    expect(labels.report.kept).toBe(1);
    expect(labels.modeAt("010", trip!.timesMs![0]!)).toBe("bus");
    expect(labels.modeAt("010", trip!.timesMs![1]!)).toBeUndefined(); // 02:53:10 is after the interval
    expect(labels.modeAt("011", trip!.timesMs![0]!)).toBeUndefined();
  });

  it("takes the label that began last where labels overlap", async () => {
    const zip = zipOf([
      { name: "010/Trajectory/a.plt", content: `${PLT_HEADER}${point(39, 116, "02:53:04")}` },
      {
        name: "010/labels.txt",
        content:
          "Start Time\tEnd Time\tTransportation Mode\n2008/10/23 00:00:00\t2008/10/23 23:00:00\ttrain\n2008/10/23 02:00:00\t2008/10/23 03:00:00\twalk\n",
      },
    ]);
    const { labels } = await readGeoLife(file("labels.zip", zip));
    expect(labels.modeAt("010", Date.UTC(2008, 9, 23, 1))).toBe("train");
    expect(labels.modeAt("010", Date.UTC(2008, 9, 23, 2, 30))).toBe("walk");
  });

  it("turns a mode away that is not UTF-8", async () => {
    const label = "start\tend\tmode\n2008/10/23 00:00:00\t2008/10/23 23:00:00\tb\u00e2teau\n";
    const path = file("latin1/010/Trajectory/a.plt", `${PLT_HEADER}${point(39, 116, "02:53:04")}`);
    file("latin1/010/labels.txt", Buffer.from(label, "latin1"));
    const folder = dirname(dirname(dirname(path)));
    await expect(readGeoLife(folder)).rejects.toThrow(
      'labels.txt:2: a label must be UTF-8, got "b\ufffdteau"',
    );
    const { labels } = await readGeoLife(folder, { lenient: true });
    expect(labels.report).toMatchObject({ kept: 0, skipped: [{ reason: "not UTF-8", count: 1 }] });
  });

  it.each([
    ["latitude", point("abc", 116, "02:53:04"), '7:1: latitude must be a number, got "abc"'],
    ["longitude", point(39, "NaN", "02:53:04"), '7:4: longitude must be a number, got "NaN"'],
    [
      "time",
      point(39, 116, "02:60:04"),
      '7:23: date,time must be yyyy-mm-dd,hh:mm:ss, got "2008-10-23,02:60:04"',
    ],
    [
      "range",
      point(400.1, 116, "02:53:04"),
      "7: a position must be a longitude in [-180, 180] and a latitude in [-90, 90], got [116, 400.1]",
    ],
    ["fields", "39,116,0", "7: a point must have 7 fields, got 3"],
  ])("names the place of a broken %s", async (_, line, message) => {
    const path = file("broken.plt", `${PLT_HEADER}${line}\r\n`);
    await expect(readGeoLife(path)).rejects.toThrow(`${path}:${message}`);
    await expect(readGeoLife(path)).rejects.toBeInstanceOf(FormatError);
  });

  it("counts what it skips by reason, with the first place of each", async () => {
    const lines = [
      point(39, 116, "02:53:04"),
      point(39, 116, "02:53:04"), // again
      point(39, 116, "02:53:01"), // back
      point(400, 116, "02:53:05"),
      point(39, 116, "02:53:05"),
      point(39, 116, "02:53:05"), // again
      "x",
    ];
    const path = file("lenient.plt", PLT_HEADER + lines.join("\r\n"));
    const { trajectories, report } = await readGeoLife(path, { lenient: true });
    expect(trajectories.pointCount).toBe(2);
    expect(report).toEqual({
      files: 1,
      records: 7,
      kept: 2,
      skipped: [
        { reason: "duplicate time", count: 2, firstAt: { file: path, line: 8 } },
        { reason: "time goes back", count: 1, firstAt: { file: path, line: 9 } },
        { reason: "position out of range", count: 1, firstAt: { file: path, line: 10 } },
        { reason: "wrong number of fields", count: 1, firstAt: { file: path, line: 13 } },
      ],
      mended: [],
      damagedFiles: [],
      times: { untimed: 0, repeated: 0, backward: 0 },
    });
  });

  it("does not take points for a header that is missing or short", async () => {
    const points = Array.from({ length: 9 }, (_, i) => point(39, 116, `02:53:0${i}`)).join("\n");
    const missing = file("missing.plt", points);
    await expect(readGeoLife(missing)).rejects.toThrow(
      `${missing}:1: a PLT file must begin with six header lines`,
    );
    const short = file("short.plt", PLT_HEADER.replace("Reserved 3\r\n", "") + points);
    await expect(readGeoLife(short)).rejects.toThrow(
      `${short}:6: a PLT file must begin with six header lines`,
    );
  });

  it("refuses a file without points, and a folder without files", async () => {
    const empty = file("empty.plt", PLT_HEADER);
    await expect(readGeoLife(empty)).rejects.toThrow(`${empty}: the file holds no records`);
    const folder = join(dirname(empty), "nothing");
    mkdirSync(folder);
    await expect(readGeoLife(folder)).rejects.toThrow("readGeoLife: no file of this format");
    await expect(readGeoLife(join(folder, "absent"))).rejects.toThrow(
      "readGeoLife: path must be a readable file or folder",
    );
  });
});

describe("streamGeoLife", () => {
  it("hands over batches as they fill, and the same points as readGeoLife", async () => {
    const entries = Array.from({ length: 10 }, (_, i) => ({
      name: `Data/000/Trajectory/${i}.plt`,
      content: `${PLT_HEADER}${point(39, 116, "02:53:04")}\n${point(39, 116, "02:53:05")}\n`,
    }));
    const path = file("ten.zip", zipOf(entries));
    const stream = streamGeoLife(path, { batchPoints: 5 });
    const sizes: number[] = [];
    const ids: string[] = [];
    for await (const { trajectories } of stream) {
      sizes.push(trajectories.length);
      ids.push(...trajectories.ids!);
    }
    expect(sizes).toEqual([3, 3, 3, 1]); // 2 points each: a batch is full at 6 ≥ 5 points
    expect(ids).toEqual([...(await readGeoLife(path)).trajectories.ids!]);
    expect(stream.report.kept).toBe(20);
    expect(() => stream[Symbol.asyncIterator]()).toThrow("streamGeoLife: a stream can be iterated only once");
  });
});

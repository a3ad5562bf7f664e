import { strToU8 } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { toWkbLine } from "../../src/formats/wkb.js";
import { type ReadTrajectoriesOptions, readTrajectories, TrajectorySet, toGpx } from "../../src/index.js";
import { definition, fitFile, RECORD_FIELDS, record } from "../support/fit-file.js";

const may = Date.UTC(2024, 4, 1, 10);
const read = (name: string, data: string | Uint8Array, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: typeof data === "string" ? strToU8(data) : data }], options);
const idsOf = (set: TrajectorySet): string[] => Array.from(set, ({ id }) => id);

it("FIT: every file of a chain, with ids that go on; of a broken second one lenient reading keeps the first", async () => {
  const file = (x: number) =>
    fitFile(definition(0, 20, RECORD_FIELDS), record(0, may, [1, x]), record(0, may + 1000, [2, x]));
  const chain = Uint8Array.from([...file(2), ...file(3)]);
  const { set, report } = await read("a.fit", chain);
  expect(idsOf(set)).toEqual(["a/0", "a/1"]);
  expect([...set.coordinates].map(Math.round)).toEqual([2, 1, 2, 2, 3, 1, 3, 2]);
  expect(report).toMatchObject({ records: 4, kept: 4 });
  const broken = chain.with(-1, chain.at(-1)! ^ 1).slice(0, -3);
  await expect(read("a.fit", broken)).rejects.toThrow("broken FIT");
  expect((await read("a.fit", broken, { lenient: true })).set.at(0).coordinates).toHaveLength(4);
  // Padding behind a file is no file.
  expect((await read("a.fit", Uint8Array.from([...file(2), 0, 0, 0]))).set.pointCount).toBe(2);
});

it("FIT: a file that breaks off is named; lenient reading keeps the records before", async () => {
  const points = [0, 1, 2].map((i) => record(0, may + 1000 * i, [1 + i, 2]));
  const cut = fitFile(definition(0, 20, RECORD_FIELDS), ...points).slice(0, -9);
  await expect(read("a.fit", cut)).rejects.toThrow("broken FIT");
  const { set } = await read("a.fit", cut, { lenient: true });
  expect([...set.coordinates].map(Math.round)).toEqual([2, 1, 2, 2]);
});

it("CSV: sep= in the first line, and lines that end in CR alone", async () => {
  for (const data of [
    "sep=;\nid;lat;lon\na;1;2\na;3;4\n",
    '"sep=;"\r\nid;lat;lon\r\na;1;2\r\na;3;4\r\n',
    "id,lat,lon\ra,1,2\ra,3,4\r",
  ]) {
    expect([...(await read("a.csv", data)).set.coordinates]).toEqual([2, 1, 4, 3]);
  }
  await expect(read("a.csv", "id,lat,lon\ra,1,2\ra,x,4")).rejects.toThrow("a.csv:3: lat must be a number");
});

it("CSV: further columns of one name all stay", async () => {
  const { set } = await read("a.csv", "id,lat,lon,speed,speed,speed 2\na,1,2,5,7,9\na,3,4,6,8,10\n");
  const columns = Object.entries(set.pointColumns).map(([name, column]) => [name, [...column]]);
  expect(Object.fromEntries(columns)).toEqual({ speed: [5, 6], "speed 3": [7, 8], "speed 2": [9, 10] });
});

it("Parquet: geometries as WKT and as hexadecimal WKB", async () => {
  const line = Float64Array.of(1, 2, 3, 4);
  const hex = Array.from(toWkbLine(line), (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (const text of [hex, hex.toUpperCase(), "LINESTRING (1 2, 3 4)", "SRID=4326;LINESTRING(1 2, 3 4)"]) {
    const columnData = [
      { name: "id", data: ["a"], type: "STRING" as const },
      { name: "geometry", data: [text], type: "STRING" as const },
    ];
    const { set } = await read("a.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
    expect([...set.coordinates]).toEqual([...line]);
  }
});

it("GPX: a trip without a name is listed under its id by other programs, and has no name when it is read again", async () => {
  const line = [[1, 2], [3, 4]]; // biome-ignore format: two positions
  const plain = TrajectorySet.fromArrays([line, line], { ids: ["b & c", "d"] });
  const set = plain.with({ properties: { name: [null, "Evening"] } });
  const text = toGpx(set);
  expect(text.match(/<name>.*?<\/name>/g)).toEqual(["<name>b &amp; c</name>", "<name>Evening</name>"]);
  const again = (await read("a.gpx", text)).set;
  expect(idsOf(again)).toEqual(["b & c", "d"]);
  expect(again.properties.name).toEqual([null, "Evening"]);
});

import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories, TrajectorySet, toCsv } from "../../src/index.js";

const may = Date.UTC(2020, 4, 13, 13, 5, 9);
const read = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);
const positions = [13.25, 51.5, 13.5, 51.5];

describe("names of columns in other languages", () => {
  it.each([
    ["German", "Datum;Uhrzeit;Breite;Länge", "13.05.2020;13:05:09"],
    ["German", "Uhrzeit;Datum;Breitengrad;Längengrad", "13:05:09;13.05.2020"],
    ["French", "Date;Heure;Latitude;Longitude", "2020-05-13;13:05:09"],
    ["Spanish", "fecha;hora;latitud;longitud", "2020/05/13;13:05:09"],
    ["Portuguese", "Data;Hora;Latitude;Longitude", "2020-05-13;13:05:09"],
    ["Italian", "data;ora;latitudine;longitudine", "2020-05-13;13:05:09"],
    ["Dutch", "datum;tijd;breedtegraad;lengtegraad", "2020-05-13;13:05:09"],
    ["Swedish", "Datum;Tid;Latitud;Longitud", "2020-05-13;13:05:09"],
    ["Polish", "data;czas;szerokość;długość", "2020-05-13;13:05:09"],
    ["Turkish", "Tarih;Saat;Enlem;Boylam", "2020-05-13;13:05:09"],
    ["Russian", "Дата;Время;Широта;Долгота", "2020-05-13;13:05:09"],
    ["Chinese", "日期;时间;纬度;经度", "2020-05-13;13:05:09"],
    ["Japanese", "日付;時刻;緯度;経度", "2020/05/13;13:05:09"],
    ["Korean", "날짜;시간;위도;경도", "2020-05-13;13:05:09"],
    ["of loggers", "LOCAL DATE;LOCAL TIME;LATITUDE;LONGITUDE", "2020/05/13;13:05:09"],
  ])("%s: %s", async (_, header, when) => {
    const { set } = await read("a.csv", `${header}\n${when};51.5;13.25\n${when};51.5;13.5\n`);
    expect([...set.coordinates]).toEqual(positions);
    expect([...set.timesMs!]).toEqual([may, may]);
    // The same as JSON.
    const row = (x: number) => {
      const values = [...when.split(";"), 51.5, x];
      return Object.fromEntries(header.split(";").map((name, i) => [name, values[i]]));
    };
    const json = await read("a.json", JSON.stringify([row(13.25), row(13.5)]));
    expect([[...json.set.coordinates], [...json.set.timesMs!]]).toEqual([positions, [may, may]]);
  });

  it.each([
    ["Fahrzeug;Breite;Länge", ["w1", "w2"]],
    ["Fahrt;Datum;Breitengrad;Längengrad", ["w1", "w2"]],
    ["véhicule;latitude;longitude", ["w1", "w2"]],
    ["车牌号;纬度;经度", ["w1", "w2"]],
    ["tour;latitude;longitude", ["a"]],
  ])("tell what moves: %s", async (header, ids) => {
    const date = header.includes("Datum") ? "13.05.2020;" : "";
    const text = `${header}\nw1;${date}51.5;13.25\nw2;${date}51.5;13.5\n`;
    expect((await read("a.csv", text)).set.ids).toEqual(ids);
  });

  it("of tables and devices, and a trajectory's", async () => {
    const text =
      "trk_id,dt,lat_dd,lon_dd\nb,2020-05-13 13:05:09,51.5,13.25\na,2020-05-13 13:05:09,51.5,13.5\n";
    const { set } = await read("a.csv", text);
    expect([set.ids, [...set.coordinates], ...set.timesMs!]).toEqual([["b", "a"], positions, may, may]);
    const argos = "Platform ID No.;Latitude;Longitude;Loc. date\n123;51.5;13.25;2020/05/13 13:05:09\n";
    const { set: tag } = await read("a.csv", argos);
    expect([tag.ids, ...tag.timesMs!]).toEqual([["123"], may]);
  });

  it("leave English ones their roles, and doubtful ones theirs without company", async () => {
    const { set } = await read(
      "a.csv",
      "time,lon,lat,datum,uhrzeit,data\n2020-05-13T13:05:09Z,13.25,51.5,WGS84,8,1\n2020-05-13T13:05:09Z,13.5,51.5,WGS84,8,2\n",
    );
    expect([...set.coordinates, ...set.timesMs!]).toEqual([...positions, may, may]);
    expect({ ...set.properties, ...set.pointColumns }).toMatchObject({ datum: ["WGS84"], uhrzeit: [8] });
    const plain = await read("a.csv", "lon,lat,data\n13.25,51.5,1\n13.5,51.5,2\n");
    expect([plain.set.timesMs, ...(plain.set.pointColumns.data as Float64Array)]).toEqual([undefined, 1, 2]);
  });

  it.each(["points", "trajectories"] as const)(
    "come back as properties from CSV of %s that we write",
    async (layout) => {
      const set = new TrajectorySet({
        ids: ["a"],
        coordinates: Float64Array.from(positions),
        offsets: Uint32Array.of(0, 2),
        properties: { fecha: ["2020-05-13"], hora: ["13:05:09"], datum: ["WGS84"], länge: [7] },
      });
      const { set: back } = await read("a.csv", toCsv(set, { layout }));
      expect([back.timesMs, back.properties]).toEqual([undefined, set.properties]);
    },
  );
});

describe("a position in one column", () => {
  it.each([
    ["Position", '"51.5,13.25"', '"51.5,13.5"'],
    ["geo_point_2d", '"51.5, 13.25"', '"51.5, 13.5"'],
    ["lat/lng", '"(51.5, 13.25)"', '"(51.5, 13.5)"'],
    ["lonlat", '"13.25,51.5"', '"13.5,51.5"'],
    ["GPS Coordinates", '"51.5° N; 13.25° E"', '"51.5° N; 13.5° E"'],
    ["location", "\"51°30'N, 13°15'E\"", "\"51°30'N, 13°30'E\""],
  ])("named %s: %s", async (name, first, second) => {
    const { set } = await read("a.csv", `id,${name},speed\na,${first},1\na,${second},2\n`);
    expect([...set.coordinates]).toEqual(positions);
    const rows = [first, second].map((text) => ({ id: "a", [name]: JSON.parse(text) }));
    const json = await read("a.json", JSON.stringify(rows));
    expect([...json.set.coordinates]).toEqual(positions);
    const columns = { x: name, y: name, id: "id" };
    expect([
      ...(await read("a.csv", `id,${name}\na,${first}\na,${second}\n`, { columns })).set.coordinates,
    ]).toEqual(positions);
  });

  it("is x and y in a plane, and a name of a place beside longitude and latitude", async () => {
    const plane = await read("a.csv", 'id,position\na,"1.5,200"\na,"2,300"\n', {
      coordinateSystem: "planar",
    });
    expect([...plane.set.coordinates]).toEqual([1.5, 200, 2, 300]);
    const { set } = await read("a.csv", "location,lon,lat\nDresden,13.25,51.5\nMeißen,13.5,51.5\n");
    expect([[...set.coordinates], set.pointColumns.location]).toEqual([positions, ["Dresden", "Meißen"]]);
    await expect(read("a.csv", 'id,position\na,"51.5,13.25"\na,nowhere\n')).rejects.toThrow(
      'a.csv:3: position must be a WKT point or two numbers, got "nowhere"',
    );
    await expect(read("a.json", '[{"id":"a","location":"Dresden"}]')).rejects.toThrow(
      "a longitude and a latitude",
    );
  });
});

describe("a line of units below the header", () => {
  it.each([
    "UTC,degrees_north,degrees_east",
    "[s],[deg],[deg]",
    "(UTC),(°),(°)",
    ",degree north,degree east",
  ])("%s is left out and told", async (units) => {
    const text = `time,latitude,longitude\n${units}\n2020-05-13T13:05:09Z,51.5,13.25\n2020-05-13T13:05:09Z,51.5,13.5\n`;
    const { set, report } = await read("a.csv", text);
    expect([...set.coordinates]).toEqual(positions);
    expect([report.records, report.skipped]).toEqual([
      3,
      [{ reason: "units", count: 1, firstAt: { file: "a.csv", line: 2 } }],
    ]);
  });

  it("is an error further down", async () => {
    const text = "latitude,longitude\n51.5,13.25\ndegrees_north,degrees_east\n";
    await expect(read("a.csv", text)).rejects.toThrow(
      'a.csv:3: longitude must be a number or an angle, got "degrees_east"',
    );
  });
});

describe("times as people and programs write them", () => {
  it.each([
    "13 May 2020 13:05:09",
    "13-May-2020 13:05:09.000",
    "Wed, 13 May 2020 13:05:09 GMT",
    "Wed, 13 May 2020 15:05:09 +0200",
    "May 13, 2020, 1:05:09 PM",
    "Wednesday, May 13th, 2020 at 1:05:09 p.m.",
    "13 may 2020 1:05:09 PM UTC",
    "Wed May 13 15:05:09 GMT+02:00 2020",
    "Wed May 13 13:05:09 +0000 2020",
    "Wed May 13 13:05:09 2020",
  ])("%s", async (time) => {
    const { set } = await read("a.csv", `lon,lat,time\n13.25,51.5,"${time}"\n`);
    expect([...set.timesMs!]).toEqual([may]);
  });

  it.each([
    "Wed May 13 13:05:09 CST 2020", // of America, of China, or of Cuba
    "Maybe 13, 2020",
    "13 Mai 2020",
    "31 June 2020",
    "May 13 2020 noon",
    "13 May 20",
  ])("%s is told as it stands", async (time) => {
    await expect(read("a.csv", `lon,lat,time\n13.25,51.5,"${time}"\n`)).rejects.toThrow(
      `time must be a time (timePattern says how it is written), got "${time.slice(0, 20)}`,
    );
  });
});

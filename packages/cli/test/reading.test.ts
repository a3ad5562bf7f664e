import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  addReadingOptions,
  checkThere,
  type ReadingFlags,
  type ReadTrips,
  readTrips,
  tellOneTrip,
} from "../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "reading-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** What a command reads of a file of this content with these options, and what it says on stderr. */
async function read(name: string, text: string, ...words: string[]): Promise<ReadTrips & { said: string }> {
  const file = join(folder, name);
  await writeFile(file, text);
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  let result: ReadTrips | undefined;
  const command = new Command("read").exitOverride().action(async (flags: ReadingFlags) => {
    result = await readTrips(file, flags, new AbortController().signal);
  });
  await addReadingOptions(command).parseAsync(words, { from: "user" });
  const said = write.mock.calls.map(([line]) => String(line)).join("");
  write.mockRestore();
  return { ...result!, said };
}

const HEADED = "trip_id,x1,y1,when\na,1,2,2020-01-01\na,1.1,2,2020-01-02\nb,3,4,2020-01-03\n";

describe("--columns", () => {
  it("says what it took where it names no id or no time, and what else there is", async () => {
    const { set, said } = await read("a.csv", HEADED, "--columns", "lon=x1,lat=y1");
    expect(set.length).toBe(1);
    expect(said).toBe(
      "note: --columns takes lon=x1, lat=y1; no id, so that each table is one trip; no time; other columns: trip_id, when\n",
    );
    const timeless = await read("a.csv", HEADED, "--columns", "x=x1,y=y1,id=trip_id", "--planar");
    expect([timeless.set.length, timeless.said]).toEqual([
      2,
      "note: --columns takes id=trip_id, x=x1, y=y1; no time; other columns: when\n",
    ]);
    const whole = "lon=x1,lat=y1,id=trip_id";
    expect((await read("a.csv", HEADED, "--columns", `${whole},time=when`)).said).toBe("");
    expect((await read("a.csv", HEADED, "--columns", whole, "--times", "ignore")).said).toBe("");
  });
});

describe("a table whose column of ids was not found", () => {
  /** What is said of a table that was read, or of the folder that holds it. */
  async function said(name: string, text: string, source = "trips"): Promise<string> {
    const { set, report } = await read(name, text);
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    tellOneTrip(source, set, report, {});
    return write.mock.calls.map(([line]) => String(line)).join("");
  }
  const rows = ["a,1,2,2020-01-01", "a,1.1,2,2020-01-02", "b,3,4,2020-01-01", "b,3,4.1,2020-01-02"];
  const csv = `wagon,lon,lat,time\n${rows.join("\n")}\n`;

  it("is told where it is one recording of days", async () => {
    const at = (hour: number) => ({
      latitudeE7: 510000000,
      longitudeE7: 137000000,
      timestamp: new Date(1.7e12 + 3.6e6 * hour).toISOString(),
    });
    expect(await said("Records.json", JSON.stringify({ locations: [at(0), at(1.5), at(11.5)] }))).toBe(
      "note: trips is one trip, in which nothing was recorded for 10.0 h once; --max-gap 30min cuts it into trips\n",
    );
    expect(await said("Records.json", JSON.stringify({ locations: [at(0), at(0.5), at(0.9)] }))).toBe("");
  });

  it("is told with the columns that it may be, alone and among others of a folder", async () => {
    const help =
      "--columns id=…,lon=…,lat=…,time=… names it (wagon: values that repeat), --max-gap 5min cuts at gaps in time\n";
    expect(await said("trips.csv", csv)).toBe(
      `note: trips is one trip, since no column of ids was found; ${help}`,
    );
    expect(await said("trips.csv", csv, "folder")).toBe(
      `note: in trips of folder times go back 1 times, as in tables whose column of ids was not found; ${help}`,
    );
    const json = JSON.stringify(
      rows.map((row) => {
        const [wagon, lon, lat, time] = row.split(",");
        return { wagon, lon: Number(lon), lat: Number(lat), time };
      }),
    );
    expect(await said("trips.json", json)).toBe(
      `note: trips is one trip, since no column of ids was found; ${help}`,
    );
  });

  it("is not told of tables with ids, nor of a single track among others", async () => {
    expect(await said("trips.csv", csv.replace("wagon", "vehicle"))).toBe("");
    const track =
      "lon,lat,time,provider\n1,2,2020-01-01T00:00Z,gps\n1,2,2020-01-01T00:01Z,net\n1,2,2020-01-01T00:02Z,gps\n1,2,2020-01-01T00:03Z,net\n";
    expect(await said("walk.csv", track, "folder")).toBe("");
  });
});

describe("a CSV", () => {
  const BARE = "a,1,2\na,1.1,2\nb,3,4\n";

  it("without a header is read by numbers, which the error says", async () => {
    const hint = ": --no-header with --columns by number, the first is 0, such as id=0,lon=1,lat=2;";
    await expect(read("a.csv", BARE)).rejects.toThrow(`got no header${hint}`);
    await expect(read("a.csv", BARE, "--columns", "id,lon,lat")).rejects.toThrow(hint);
    await expect(read("a.csv", BARE, "--lenient")).rejects.toThrow(
      "must hold trips, got none; --columns says which columns are longitude and latitude, with --no-header by number",
    );
    for (const columns of ["0,1,2", "id=0,lon=1,lat=2"]) {
      const { set } = await read("a.csv", BARE, "--no-header", "--columns", columns);
      expect([set.ids, [...set.coordinates]]).toEqual([
        ["a", "b"],
        [1, 2, 1.1, 2, 3, 4],
      ]);
    }
    await expect(read("a.csv", BARE, "--no-header", "--columns", "id,lon,lat")).rejects.toThrow(
      '--columns must be numbers with --no-header, the first column is 0: id=0,lon=1,lat=2, got "lon"',
    );
    // Known by its first bytes. An empty Parquet file will do: it is not opened.
    await expect(read("a.parquet", "PAR1", "--no-header", "--columns", "0,1,2")).rejects.toThrow(
      "--no-header must be left out with Parquet, whose columns have names",
    );
    await expect(read("a.csv", BARE, "--no-header")).rejects.toThrow("--no-header must go with --columns");
  });

  it("is cut as --delimiter says, below lines that --skip-lines leaves out", async () => {
    const text = "a title, with a comma\nid/lon/lat\na/1/2\nb/3/4\n";
    const { set } = await read("a.csv", text, "--delimiter", "/", "--skip-lines", "1");
    expect([set.ids, [...set.coordinates]]).toEqual([
      ["a", "b"],
      [1, 2, 3, 4],
    ]);
    const tabs = await read("a.txt", "id\tlon\tlat\na\t1\t2\n", "--delimiter", "tab");
    expect(tabs.set.ids).toEqual(["a"]);
    for (const wrong of ["", ",,", '"', "é"]) {
      await expect(read("a.csv", text, "--delimiter", wrong)).rejects.toThrow(
        "--delimiter must be one ASCII character and no quote, or tab",
      );
    }
    await expect(read("a.csv", text, "--skip-lines", "-1")).rejects.toThrow(
      "--skip-lines must be a whole number",
    );
  });
});

describe("a position out of range", () => {
  const METRES = "id,lon,lat\na,500000,5400000\na,500010,5400000\n";
  const HINT =
    "; --planar takes x and y of any range as they are, --crs says which coordinate system they are of";

  it("names --planar and --crs, where they help", async () => {
    await expect(read("a.csv", METRES)).rejects.toThrow(`got [500000, 5400000]${HINT}; --lenient`);
    await expect(read("a.csv", METRES, "--lenient")).rejects.toThrow(
      `a.csv must hold trips, got none${HINT}`,
    );
    const gpx = '<gpx><trk><trkseg><trkpt lon="500" lat="1"/></trkseg></trk></gpx>';
    await expect(read("a.gpx", gpx)).rejects.toThrow(/got \[500, 1\]; --lenient leaves out what is broken$/);
    expect((await read("a.csv", METRES, "--planar")).set.length).toBe(1);
    const { set } = await read("a.csv", METRES, "--crs", "EPSG:32632");
    expect(set.coordinates[0]).toBeCloseTo(9, 6);
  });

  it("names --longitudes where they are counted to 360", async () => {
    await expect(read("a.csv", "id,lon,lat\na,300,1\na,10,1\n")).rejects.toThrow(
      "(--longitudes 360 counts from 0 to 360), got [300, 1]",
    );
  });
});

it("--skip-report needs --lenient for what is broken, which the error says", async () => {
  const text = "id,lon,lat\na,1,2\na,1,zwei\nb,1,2\n";
  const report = join(folder, "report.json");
  await expect(read("a.csv", text, "--skip-report", report)).rejects.toThrow(
    `; --lenient leaves out what is broken, and --skip-report then says in ${report} what that was`,
  );
  await read("a.csv", text, "--skip-report", report, "--lenient");
  expect(JSON.parse(await readFile(report, "utf8")).skipped[0].count).toBe(1);
});

it("--max-gap cuts a recording into trips, which is told; without times that is an error", async () => {
  const day =
    "id,lon,lat,time\nvan,1,2,2024-01-01T08:00Z\nvan,1.1,2,2024-01-01T08:01Z\nvan,1,2,2024-01-01T17:00Z\n";
  const { set, said } = await read("a.csv", day, "--max-gap", "30min");
  expect([set.ids, said]).toEqual([["van/0", "van/1"], "note: --max-gap 30min cuts 1 of 1 trips: 2 now\n"]);
  await expect(read("a.csv", "id,lon,lat\na,1,2\n", "--max-gap", "30min")).rejects.toThrow(
    "--max-gap must go with trips whose points have times",
  );
  await expect(read("a.csv", day, "--max-gap", "30min", "--times", "ignore")).rejects.toThrow(
    "--max-gap must be left out with --times ignore",
  );
});

it("JSON as programs answer each other in is read, and what it lacks is told", async () => {
  const answer = { trips: [{ id: 1, points: [{ lat: 51, lng: 13, ts: 0 }] }] };
  expect((await read("a.json", JSON.stringify(answer))).set.ids).toEqual(["1"]);
  await expect(read("b.json", JSON.stringify([{ name: "a" }]))).rejects.toThrow(
    "must be of GeoJSON, or a row with a longitude and a latitude by their names (lon, lat), got name; --lenient",
  );
});

describe("an input that is no file and no folder", () => {
  it("is told, with what helps", async () => {
    await expect(checkThere("-")).rejects.toThrow(
      /^- must be a file, a folder or a zip of trips \(ENOENT.*\); standard input is not read, save it to a file first$/,
    );
    await expect(checkThere(folder)).resolves.toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("such as a pipe, is told before it is read", async () => {
    await expect(checkThere("/dev/null")).rejects.toThrow(
      "/dev/null must be a file, a folder or a zip of trips, got a device; save what comes out of it to a file first",
    );
    const pipe = join(folder, "pipe.csv");
    execFileSync("mkfifo", [pipe]);
    await expect(checkThere(pipe)).rejects.toThrow(
      `${pipe} must be a file, a folder or a zip of trips, got a pipe`,
    );
  });
});

describe("what commands make of a folder", () => {
  /** A folder with files of these contents, and what reading it says. */
  async function readFolder(files: Readonly<Record<string, string>>, flags: ReadingFlags = {}) {
    const source = join(folder, "in");
    await mkdir(source);
    for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text);
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const result = await readTrips(source, flags, new AbortController().signal);
    const said = write.mock.calls.map(([line]) => String(line).replaceAll(source, "in")).join("");
    write.mockRestore();
    return { ...result, said };
  }

  it("has a name of its own for each trip where tables number them anew", async () => {
    const table = "id,lon,lat\n1,13,51\n2,13.5,51\n1,13.1,51\n";
    const { set, said } = await readFolder({
      "a.csv": table,
      "b.csv": table,
      "c.csv": "id,lon,lat\n1#2,1,1\n",
    });
    expect(set.ids).toEqual(["1", "2", "1#3", "2#2", "1#2"]);
    expect(set.pointCount).toBe(7);
    expect(said).toBe("note: 2 trips have the id of another one and a new one here, such as 1#3 for 1\n");
  });

  it("leaves out trips without a point, with their names", async () => {
    const { set, said } = await readFolder({
      "a.csv": 'id,wkt\n1,LINESTRING EMPTY\n2,"LINESTRING (13.7 51, 13.8 51.1)"\n',
      "b.json": '{"code":"Ok","routes":[],"waypoints":[]}',
    });
    expect(set.ids).toEqual(["2"]);
    expect(said).toBe("left out, without points: 2 trips: 1, b/0\n");
  });

  it("names all files that cannot be read, each reason once, and what helps", async () => {
    const { said, report } = await readFolder(
      { "a.csv": "p,q\n1,2\n", "b.csv": "r,s\n1,2\n", "c.csv": "id,lon,lat\n1,13,51\n" },
      { lenient: true },
    );
    expect(report.brokenFiles).toHaveLength(2);
    const lines = said.trim().split("\n");
    expect(lines[0]).toBe("left out: 2 × missing column, first in in/a.csv:1");
    expect(lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^not read, or not to its end: in\/a\.csv:1: the header must name longitude/),
      expect.stringMatching(/^not read, or not to its end: in\/b\.csv:1: the header must name longitude/),
    ]);
    expect(lines.slice(3)).toEqual([expect.stringMatching(/^note: --columns says which columns/)]);
  });
});

describe("--columns with a whole trip in each row", () => {
  it("names the column of lines", async () => {
    const text = 'name,way,stamps\na,"LINESTRING (13 51, 13.1 51)","[1700000000, 1700000060]"\n';
    const { set } = await read("a.csv", text, "--columns", "id=name,line=way,time=stamps");
    expect(set.ids).toEqual(["a"]);
    expect([...set.timesMs!]).toEqual([1.7e12, 1.70000006e12]);
    await expect(read("a.csv", text, "--columns", "line=way,lat=x")).rejects.toThrow("id=trip,line=wkt");
  });
});

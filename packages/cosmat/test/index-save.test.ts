import {
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GeoMultimediaIndex } from "../src/search/geo-multimedia-index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "index-save-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = {
  name: "lengths",
  encode: async ([one]: readonly string[]) => ({
    rows: 1,
    columns: 2,
    data: Float32Array.of(one!.length, 1),
  }),
  dispose: async () => {},
};
const image = { ...text, name: "image lengths" };

/** Items at 10°, 11°, …, with attributes of every kind. */
const build = (count: number, more: object = {}) =>
  GeoMultimediaIndex.build<string, number>({
    items: Array.from({ length: count }, (_, i) => ({
      text: "a".repeat(i + 1),
      image: "b".repeat(2 * i + 1),
      position: [10 + i, 50] as const,
      attributes: { year: 2000 + i, kind: i % 2 === 0 ? "sea" : "church", night: i === 0 },
      payload: i,
      ...more,
    })),
    encoders: { text, image },
    sharedSpace: true,
  });
const encoders = { text, image };
const load = (place: string) => GeoMultimediaIndex.load<string, number>(place, { encoders });
interface Stored {
  readonly [field: string]: unknown;
  readonly files: { readonly items: object };
  readonly attributes: object;
}
const without = (name: string) => (is: Stored) => ({ ...is, [name]: undefined });
const withField = (name: string, value: unknown) => (is: Stored) => ({ ...is, [name]: value });
const UUID = /\.[0-9a-f-]{36}\./;
const plain = (names: readonly string[]) => names.map((name) => name.replace(UUID, ".")).sort();
const WHOLE = ["image.gmr", "index.json", "items.jsonl", "text.gmr"];

describe("GeoMultimediaIndex.save", () => {
  it("takes folders however they are spelt, and keeps links to them", async () => {
    const index = await build(4);
    await mkdir(path.join(folder, "there"));
    await symlink("there", path.join(folder, "link"));
    for (const name of ["new/", "deep/er/", "there/../up//", "there/", "link", "link/"]) {
      for (let time = 0; time < 2; time++) await index.save(`${folder}/${name}`);
      expect((await load(`${folder}/${name}`)).size).toBe(4);
    }
    expect((await lstat(path.join(folder, "link"))).isSymbolicLink()).toBe(true);
    expect(plain(await readdir(path.join(folder, "there")))).toEqual(WHOLE);
    expect((await readdir(folder)).sort()).toEqual(["deep", "link", "new", "there", "up"]);
    const before = process.cwd();
    process.chdir(path.join(folder, "new"));
    try {
      await index.save(".");
      await index.save("./");
      expect((await load(".")).size).toBe(4);
    } finally {
      process.chdir(before);
    }
  });

  it("refuses what is no folder, or cannot be made, before anything is written", async () => {
    const index = await build(3);
    const save = (name: string) => index.save(path.join(folder, name));
    await writeFile(path.join(folder, "file"), "");
    await expect(save("file")).rejects.toThrow(/folder must be a folder, got .*file \(ENOTDIR/);
    await expect(save("file/below")).rejects.toThrow(/folder must be a folder, got .*below \(ENOTDIR/);
    await symlink("nowhere", path.join(folder, "link"));
    await expect(save("link")).rejects.toThrow("(a link that leads nowhere)");
    await mkdir(path.join(folder, "app"));
    await writeFile(path.join(folder, "app/index.json"), "{}");
    await expect(save("app")).rejects.toThrow("holds index.json");
    expect((await readdir(folder)).sort()).toEqual(["app", "file", "link"]);
  });

  it.runIf(process.platform === "linux")(
    "refuses a folder that the system refuses, instead of asking for ever",
    async () => {
      const index = await build(1);
      await expect(index.save("/proc/wayweave-index/inner")).rejects.toThrow(
        /folder must be one that can be written, got \/proc\/wayweave-index\/inner \(ENOENT/,
      );
    },
  );

  it("lets several save at a time: all are kept whole, and one of them stays", async () => {
    const indexes = await Promise.all([3, 4, 5].map((count) => build(count)));
    const place = path.join(folder, "index");
    for (let round = 0; round < 3; round++) {
      await Promise.all(indexes.map((index) => index.save(place)));
      expect(plain(await readdir(place))).toEqual(WHOLE);
      const loaded = await load(place);
      expect(indexes.map(({ size }) => size)).toContain(loaded.size);
      expect(await loaded.search({ text: "aa", position: [10, 50] })).toHaveLength(loaded.size);
    }
    expect(await readdir(folder)).toEqual(["index"]);
  });

  it("lets one save where another fails at the same time", async () => {
    const [sound, broken] = await Promise.all([build(3), build(3, { payload: 1n })]);
    const place = path.join(folder, "index");
    const [failed, saved] = await Promise.allSettled([broken.save(place), sound.save(place)]);
    expect([failed.status, saved.status]).toEqual(["rejected", "fulfilled"]);
    expect((await load(place)).size).toBe(3);
    expect(plain(await readdir(place))).toEqual(WHOLE);
  });

  it("can be loaded while it is replaced", async () => {
    const [small, large] = await Promise.all([build(3), build(60)]);
    const place = path.join(folder, "index");
    await small.save(place);
    const saves = (async () => {
      for (let i = 0; i < 5; i++) await (i % 2 === 0 ? large : small).save(place);
    })();
    const sizes = [];
    for (let i = 0; i < 10; i++) sizes.push((await load(place)).size);
    await saves;
    expect(sizes.every((size) => size === 3 || size === 60)).toBe(true);
  });

  it("leaves the index that was there where it fails, and nothing of its own", async () => {
    const place = path.join(folder, "index");
    await (await build(3)).save(place);
    const before = await readdir(place);
    await expect((await build(4, { payload: 1n })).save(place)).rejects.toThrow(
      "items[0].payload must be what JSON can hold",
    );
    expect(await readdir(place)).toEqual(before);
    await expect((await build(4, { payload: 1n })).save(path.join(folder, "other"))).rejects.toThrow(
      ValueError,
    );
    expect(await readdir(folder)).toEqual(["index"]);
  });

  it("minds nothing that killed runs left, and removes what is old", async () => {
    const place = path.join(folder, "index");
    const uuid = "01234567-89ab-cdef-0123-456789abcdef";
    const old = [`image.${uuid}.gmr`, `.items.${uuid}.jsonl.${uuid}.tmp`, `.index.json.${uuid}.tmp`];
    const recent = [`text.${uuid}.gmr`, `model.${uuid}.safetensors.tmp`];
    await mkdir(place);
    for (const name of [...old, ...recent]) await writeFile(path.join(place, name), "part");
    for (const name of old) await utimes(path.join(place, name), 0, 0);
    await mkdir(path.join(folder, `index.${process.pid}.tmp`));
    await mkdir(path.join(folder, `index.${process.pid}.old`));
    await (await build(3)).save(place);
    expect((await load(place)).size).toBe(3);
    const left = await readdir(place);
    expect(left.filter((name) => old.includes(name))).toEqual([]);
    expect(left.filter((name) => recent.includes(name)).sort()).toEqual([...recent].sort());
  });
});

describe("GeoMultimediaIndex.load of what is damaged", () => {
  let place: string;
  beforeEach(async () => {
    place = path.join(folder, "ix");
    await (await build(4)).save(place);
  });
  const fileOf = async (part: string) =>
    (await readdir(place)).find((name) => name.replace(UUID, ".") === part)!;
  const edit = async (part: string, change: (text: string) => string) => {
    const file = path.join(place, await fileOf(part));
    await writeFile(file, change(await readFile(file, "latin1")), "latin1");
  };
  const info = (change: (info: Stored) => unknown) =>
    edit("index.json", (text) => JSON.stringify(change(JSON.parse(text) as Stored)));
  const refuses = async (part: string, message: string) => {
    const error = await load(place).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(`ix/${await fileOf(part)}${message}`);
  };

  it.each([
    ["null", ":2: must be an item"],
    ["[]", ":2: must be an item"],
    ["{}", ":2: position must be a longitude and a latitude"],
    ['{"position":[1,95]}', ":2: position must be a longitude and a latitude"],
    ['{"position":[1,2],"attributes":null}', ":2: attributes must be values by their names"],
    ['{"position":[1,2],"attributes":{"year":"2001"}}', ":2: attributes.year must be number, got category"],
    [
      '{"position":[1,2],"attributes":{"toString":1}}',
      ":2: attributes.toString must be left out, got number",
    ],
    ['{"position":[1', ":2: must be JSON"],
    ["", ": must have 4 lines, got 3"],
  ])("names the line of an item that is %s", async (line, message) => {
    await edit("items.jsonl", (items) => items.replace(/\n.*\n/, `\n${line}\n`));
    await refuses("items.jsonl", message);
  });

  it("notices a changed digit, and a file that is cut or gone", async () => {
    const sum = ": must be as it was saved, got other contents: build the index again";
    await edit("items.jsonl", (items) => items.replace("[12,50]", "[12,51]"));
    await refuses("items.jsonl", sum);
    await (await build(4)).save(place);
    await edit("text.gmr", (bytes) => bytes.slice(0, -9));
    await refuses("text.gmr", sum);
    await (await build(4)).save(place);
    const file = await fileOf("image.gmr");
    await rm(path.join(place, file));
    await expect(load(place)).rejects.toThrow(`ix/${file}: must be there, as the index was saved`);
  });

  it.each([
    ["no object", () => null, "must be an index of version 3"],
    ["another version", withField("version", 9), "got version 9: build it again"],
    ["no failures", without("failures"), "failures must be a list of items with reasons"],
    ["other failures", withField("failures", [null]), "failures must be a list of items"],
    ["no kind of tree", withField("trees", ["sound"]), "trees must be image, text or both"],
    ["a type that is none", withField("attributes", { year: 5 }), "attributes must be types"],
    ["attributes as a list", withField("attributes", []), "attributes must be types"],
    ["no items", withField("items", "4"), "items must be a number of items"],
    ["encoders that are none", withField("encoders", { image: 5 }), "encoders must be names"],
    ["no files", without("files"), "files must be names and sums of items, image, text"],
    [
      "a file elsewhere",
      (is: Stored) => ({ ...is, files: { ...is.files, items: { ...is.files.items, name: "../x" } } }),
      "files must be names and sums",
    ],
    [
      "an attribute that no tree has",
      (is: Stored) => ({ ...is, attributes: { ...is.attributes, size: "number" } }),
      "attributes.size must be as in ix/image",
    ],
  ])("names index.json where it has %s", async (_, change, message) => {
    await info(change);
    await refuses("index.json", "");
    await expect(load(place)).rejects.toThrow(message);
  });

  describe("of version 2, which has no sums", () => {
    beforeEach(async () => {
      for (const part of ["items.jsonl", "image.gmr", "text.gmr"]) {
        await copyFile(path.join(place, await fileOf(part)), path.join(place, part));
      }
      for (const name of await readdir(place)) if (UUID.test(name)) await rm(path.join(place, name));
      await info(({ files: _, ...is }) => ({ ...is, version: 2 }));
    });

    it("loads what is whole, and replaces it", async () => {
      expect((await load(place)).size).toBe(4);
      await (await build(5)).save(place);
      expect(plain(await readdir(place))).toEqual(WHOLE);
      expect((await load(place)).size).toBe(5);
    });

    it("names what is not", async () => {
      const whole = await readFile(path.join(place, "items.jsonl"), "utf8");
      await writeFile(path.join(place, "items.jsonl"), whole.replace("[12,50]", "[12,51]"));
      await refuses("items.jsonl", ":3: must have the place that item 2 has in ix/image.gmr");
      const [first, second, third] = whole.split("\n");
      await writeFile(path.join(place, "items.jsonl"), `${first}\n${second}\n${third}\n`);
      await info((is) => ({ ...is, items: 3 }));
      await refuses("image.gmr", ": must hold items of the index alone, got 1 others");
      await writeFile(path.join(place, "items.jsonl"), `${whole}${first}\n`);
      await info((is) => ({ ...is, items: 5 }));
      await refuses("items.jsonl", ":5: must be in a tree of the index, got an item of none");
      await edit("image.gmr", (bytes) => bytes.slice(0, 100));
      await refuses("image.gmr", ": must be whole: ");
    });
  });
});

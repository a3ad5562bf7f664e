import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/index.js";
import { readUcy, streamUcy } from "../../src/node/index.js";
import { temporaryFiles, zipOf } from "./helpers.js";

const file = temporaryFiles();
const UCY = "0 1 0 0\n10 1 1 0\n";

describe("files, folders and zips", () => {
  it("reads a folder's files in the order of their names, gzipped ones too", async () => {
    const path = file("scenes/b.txt", UCY);
    file("scenes/a.txt.gz", gzipSync(UCY));
    file("scenes/deeper/c.txt", UCY);
    file("scenes/readme.md", "no scene");
    const { trajectories, report } = await readUcy(dirname(path));
    expect(trajectories.ids).toEqual(["a/1", "b/1", "c/1"]);
    expect(report.files).toBe(3);
  });

  it("reads a zip whatever it is called, and only entries of the format", async () => {
    const zip = zipOf([
      { name: "scenes/", content: "" },
      { name: "scenes/a.txt", content: UCY },
      { name: "scenes/readme.md", content: "no scene" },
    ]);
    expect((await readUcy(file("archive", zip))).trajectories.ids).toEqual(["a/1"]);
  });

  it("passes over what macOS leaves in zips and folders", async () => {
    const names = ["a.txt", "._a.txt", "__MACOSX/._a.txt", "__MACOSX/b.txt", "deeper/._c.txt", "._d/e.txt"];
    const read = names.map(
      (name) => [name, /__MACOSX|\._.\.txt/.test(name) ? "\0\x05\x16\x07" : UCY] as const,
    );
    const zip = file("mac.zip", zipOf(read.map(([name, content]) => ({ name, content }))));
    for (const [name, content] of read) file(`mac/${name}`, content);
    for (const path of [zip, join(dirname(zip), "mac")]) {
      const { trajectories, report } = await readUcy(path);
      expect(trajectories.ids).toEqual(["e/1", "a/1"]);
      expect(report).toMatchObject({ files: 2, damagedFiles: [] });
    }
  });

  it("tells a link that leads nowhere, such as Emacs leaves beside a file being edited", async () => {
    const path = file("linked/a.txt", UCY);
    const link = join(dirname(path), ".#a.txt");
    symlinkSync("someone@somewhere.1234", link);
    const error: unknown = await readUcy(dirname(path)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toContain(`${link}: a file must be readable, got Error: ENOENT`);
    const { trajectories, report } = await readUcy(dirname(path), { lenient: true });
    expect(trajectories.ids).toEqual(["a/1"]);
    expect(report.damagedFiles).toEqual([{ reason: "unreadable file", count: 1, firstAt: { file: link } }]);
  });

  it.each([
    [
      "an entry that climbs out",
      [{ name: "../evil.txt", content: UCY }],
      "unsafe name in zip",
      "unsafe entry name: invalid relative path: ../evil.txt",
    ],
    [
      "an absolute entry",
      [{ name: "/etc/evil.txt", content: UCY }],
      "unsafe name in zip",
      "unsafe entry name: absolute path: /etc/evil.txt",
    ],
    [
      "a drive letter",
      [{ name: "C:\\evil.txt", content: UCY }],
      "unsafe name in zip",
      "unsafe entry name: absolute path",
    ],
    [
      "an encrypted entry",
      [{ name: "a.txt", content: UCY, flags: 1 }],
      "encrypted zip entry",
      "the zip entry is encrypted",
    ],
    [
      "a wrong checksum",
      [{ name: "a.txt", content: UCY, declaredCrc: 1 }],
      "damaged zip entry",
      "the zip entry does not match its checksum",
    ],
    [
      "a bomb that declares less than it holds",
      [{ name: "a.txt", content: "0 1 0 0\n".repeat(100_000), declaredSize: 10 }],
      "damaged zip entry",
      "damaged zip entry: too many bytes in the stream",
    ],
    [
      "an entry that holds less than it declares",
      [{ name: "a.txt", content: UCY, declaredSize: 1000 }],
      "damaged zip entry",
      "damaged zip entry: not enough bytes in the stream",
    ],
    [
      "a zip without a file of the format",
      [{ name: "a.md", content: UCY }],
      "no file of this format",
      "readUcy: no file of this format",
    ],
  ])("refuses %s; lenient, counts it and reads the others", async (_, entries, reason, message) => {
    const path = file("bad.zip", zipOf(entries));
    await expect(readUcy(path)).rejects.toThrow(message);
    const sound = { name: "sound.txt", content: UCY };
    const withSound = file("mixed.zip", zipOf([...entries, sound]));
    const { trajectories, report } = await readUcy(withSound, { lenient: true });
    expect(trajectories.ids).toContain("sound/1");
    if (reason !== "no file of this format")
      expect(report.damagedFiles).toMatchObject([{ reason, count: 1 }]);
  });

  it("tells a truncated zip", async () => {
    const zip = zipOf([{ name: "a.txt", content: UCY }]);
    const path = file("cut.zip", zip.subarray(0, -10));
    await expect(readUcy(path)).rejects.toThrow(
      `${path}: unreadable zip: End of central directory record signature not found`,
    );
    const { report } = await readUcy(path, { lenient: true });
    expect(report).toMatchObject({
      files: 0,
      records: 0,
      damagedFiles: [{ reason: "unreadable zip", count: 1 }],
    });
  });

  it("tells a truncated gzip, and keeps what came before when lenient", async () => {
    const long = Array.from({ length: 5000 }, (_, i) => `${10 * i} 1 ${Math.sin(i)} 0\n`).join("");
    const gz = gzipSync(long);
    const path = file("cut.txt.gz", gz.subarray(0, gz.length >> 1));
    await expect(readUcy(path)).rejects.toThrow(`${path}: damaged gzip: unexpected end of file`);
    const { report } = await readUcy(path, { lenient: true });
    expect(report.damagedFiles).toEqual([{ reason: "damaged gzip", count: 1, firstAt: { file: path } }]);
    expect(report.kept).toBe(report.records);
  });
});

describe("progress and aborting", () => {
  it("reports bytes up to the total", async () => {
    const path = file("progress.txt", UCY);
    const seen: unknown[] = [];
    await readUcy(path, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ done: UCY.length, total: UCY.length, file: path, records: 2 }]);
  });

  it("stops with the signal's reason, in strict and lenient reading", async () => {
    const zip = zipOf([
      { name: "a.txt", content: UCY },
      { name: "b.txt", content: UCY },
    ]);
    const path = file("abort.zip", zip);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readUcy(path, { signal })).rejects.toThrow("enough");
    for (const lenient of [false, true]) {
      const later = new AbortController();
      const onProgress = () => later.abort(new Error("enough after a file"));
      await expect(readUcy(path, { lenient, signal: later.signal, onProgress })).rejects.toThrow(
        "enough after a file",
      );
    }
  });

  it("closes its files when the consumer leaves early", async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({ name: `${i}.txt`, content: UCY }));
    const stream = streamUcy(file("many.zip", zipOf(entries)), { batchPoints: 1 });
    for await (const { trajectories } of stream) {
      expect(trajectories.length).toBe(1);
      break;
    }
    expect(stream.report.files).toBe(1);
  });

  it("rejects options that make no sense", () => {
    expect(() => streamUcy("", {})).toThrow(
      'readUcy: path must be a non-empty string, got ""'.replace("read", "stream"),
    );
    expect(() => streamUcy("x", { batchPoints: 0 })).toThrow("batchPoints must be a positive integer, got 0");
  });
});

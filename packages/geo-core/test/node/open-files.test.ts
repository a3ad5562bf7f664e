import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCsv, readUcy, streamCsv, type TrajectoryBatch } from "../../src/node/index.js";
import { temporaryFiles, zipOf } from "./helpers.js";

/** Linux lists a process's open files there; elsewhere there is nothing to count. */
const OPEN_FILES = "/proc/self/fd";
const file = temporaryFiles();
const COLUMNS = { layout: "points", id: "id", x: "x", y: "y" } as const;
/** More than the 256 KiB that are read at a time, so that a file that is left early is still open. */
const ROWS = `id,x,y\n${Array.from({ length: 60_000 }, (_, i) => `${i},1,2\n`).join("")}`;

/** How often this process has open what is called `name`, once what was closed has been closed indeed. */
async function openCount(name: string): Promise<number> {
  const count = (): number =>
    readdirSync(OPEN_FILES).filter((fd) => {
      try {
        return readlinkSync(`${OPEN_FILES}/${fd}`).endsWith(name);
      } catch {
        return false; // the folder's own descriptor, gone by now
      }
    }).length;
  for (let tries = 0; tries < 100 && count() > 0; tries++) await new Promise((go) => setTimeout(go, 10));
  return count();
}

async function leaveEarly(stream: AsyncIterable<TrajectoryBatch>): Promise<void> {
  for await (const { trajectories } of stream) {
    expect(trajectories.length).toBeGreaterThan(0);
    break;
  }
}

describe.skipIf(!existsSync(OPEN_FILES))(
  "no file stays open (counted in /proc, which only Linux has)",
  () => {
    it.each([
      ["plain", "left-plain.csv", ROWS],
      ["with a byte order mark", "left-bom.csv", `\ufeff${ROWS}`],
      ["UTF-16", "left-utf16.csv", Buffer.from(`\ufeff${ROWS}`, "utf16le")],
      ["gzipped, stored so that it is long", "left.csv.gz", gzipSync(ROWS, { level: 0 })],
      ["zipped", "left.zip", zipOf([{ name: "a.csv", content: ROWS }])],
    ])("after a stream that is left early: %s", async (_, name, content) => {
      const path = file(name, content);
      await leaveEarly(streamCsv(path, { columns: COLUMNS, batchPoints: 10 }));
      expect(await openCount(name)).toBe(0);
    });

    it.each([
      ["a NUL byte at the beginning", "nul.csv", `\0${ROWS}`, "got a NUL byte"],
      ["a header without a column", "header.csv", ROWS.replace("id,", "no,"), "the header must name"],
      ["a broken row", "row.csv", ROWS.replace("1,1,2", "1,1,x"), "y must be a number"],
      ["a damaged gzip", "broken.csv.gz", gzipSync(ROWS, { level: 0 }).fill(7, 100, 400_000), "damaged gzip"],
    ])("after a file that fails early: %s", async (_, name, content, message) => {
      await expect(readCsv(file(name, content), { columns: COLUMNS })).rejects.toThrow(message);
      expect(await openCount(name)).toBe(0);
    });

    it("after an abort", async () => {
      const path = file("aborted.txt", "0 1 0 0\n".repeat(60_000));
      const controller = new AbortController();
      const onProgress = () => controller.abort(new Error("enough"));
      await expect(readUcy(path, { signal: controller.signal, onProgress, lenient: true })).rejects.toThrow(
        "enough",
      );
      expect(await openCount("aborted.txt")).toBe(0);
    });
  },
);

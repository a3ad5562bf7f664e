// A full disk: a file system of one megabyte in memory, where this may be mounted. Every writer says so, leaves the old file whole and no part of a new one.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageUrl } from "../lib/workspace.mjs";
import { attempt } from "./typed.mjs";

export async function fullDisk() {
  const core = await import(packageUrl("geo-core", "index.js"));
  const node = await import(packageUrl("geo-core", "node.js"));
  const { saveCheckpoint } = await import(packageUrl("nn", "index.js"));
  const trajcross = await import(packageUrl("trajcross", "node.js"));
  const { E2DTC } = await import(packageUrl("e2dtc", "index.js"));
  const disk = await mkdtemp(join(tmpdir(), "drill-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    await rm(disk, { recursive: true });
    return { skipped: "a tmpfs may not be mounted here" };
  }
  try {
    const large = core.createCity({ seed: 1, trips: 3000 }).set;
    const small = large.slice(0, 3);
    const finder = async (set) => {
      const made = await trajcross.openTrackFinder({ session: { threads: 1 } });
      await made.add(set);
      return made;
    };
    const floats = (length) => ({
      tensors: { w: { type: "float32", shape: [length], data: new Float32Array(length) } },
      metadata: {},
    });
    const model = await E2DTC.load(
      new URL("../../packages/e2dtc/test/golden/city-lonlat.onnx", import.meta.url).pathname,
      { threads: 1 },
    );
    const writers = [
      [
        "writeParquet",
        "a.parquet",
        (file) => node.writeParquet(file, small),
        (file) => node.writeParquet(file, large),
      ],
      ["writeCsv", "a.csv", (file) => node.writeCsv(file, small), (file) => node.writeCsv(file, large)],
      [
        "writeGeoJson",
        "a.geojson",
        (file) => node.writeGeoJson(file, small),
        (file) => node.writeGeoJson(file, large),
      ],
      ["writeGpx", "a.gpx", (file) => node.writeGpx(file, small), (file) => node.writeGpx(file, large)],
      [
        "writeAtomically",
        "a.gmr",
        (file) => node.writeAtomically(file, (write) => write(new Uint8Array(10))),
        (file) => node.writeAtomically(file, (write) => write(new Uint8Array(2 ** 21))),
      ],
      [
        "saveCheckpoint",
        "a.safetensors",
        (file) => saveCheckpoint(file, floats(10)),
        (file) => saveCheckpoint(file, floats(2 ** 20)),
      ],
      [
        "saveTrackFinder",
        "a.index",
        async (file) => trajcross.saveTrackFinder(file, await finder(small)),
        async (file) => trajcross.saveTrackFinder(file, await finder(large)),
      ],
      // A model is small: the disk is filled up first.
      [
        "E2DTC.save",
        "a.onnx",
        (file) => model.save(file),
        async (file) => {
          const room = 2 ** 20 - statSync(disk).blksize - 8192;
          await writeFile(join(disk, "filler"), new Uint8Array(room)).catch(() => {});
          try {
            await model.save(file);
          } finally {
            await rm(join(disk, "filler"), { force: true });
          }
        },
      ],
    ];
    const rows = [];
    for (const [name, leaf, first, second] of writers) {
      const file = join(disk, leaf);
      await first(file);
      const before = await readFile(file);
      const { ended, message } = await attempt(() => second(file));
      rows.push({
        writer: name,
        ended,
        message: message?.replaceAll(disk, "…").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "…"),
        oldFileWhole: before.equals(await readFile(file)),
        partsLeft: readdirSync(disk).length - 1,
      });
      await rm(file);
    }
    await model.dispose();
    return { rows };
  } finally {
    execFileSync("umount", [disk]);
    await rm(disk, { recursive: true });
  }
}

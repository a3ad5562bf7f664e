// kill −9 at random moments: what was whole before is whole afterwards, and work that can go on does.
//
// A worker (this file with a task's name) says READY when it begins; it gets SIGKILL some time later.
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageUrl } from "../lib/workspace.mjs";
import { ended, killedAtWork } from "./processes.mjs";

const core = await import(packageUrl("geo-core", "index.js"));
const node = await import(packageUrl("geo-core", "node.js"));
const self = fileURLToPath(import.meta.url);

/** Writers that write one of two contents, again and again; each file must be one of them, whole. */
const writers = {
  "index save (GMR-Tree)": {
    file: "objects.gmr",
    contents: async () => {
      const { GmrTree } = await import(packageUrl("gmr-tree", "index.js"));
      return [1, 2].map((seed) => {
        const random = new core.Random(seed);
        const numbers = (length) => Float64Array.from({ length }, () => random.next());
        const tree = GmrTree.build({
          dimensions: 8,
          positions: numbers(2 * 20_000),
          vectors: numbers(8 * 20_000),
        });
        return new Uint8Array(tree.toBuffer());
      });
    },
    write: (file, bytes) => node.writeAtomically(file, (write) => write(bytes)),
    read: async (file) => {
      const { GmrTree } = await import(packageUrl("gmr-tree", "index.js"));
      return GmrTree.from(await readFile(file)).size;
    },
    whole: [20_000],
  },
  "index save (tracks)": {
    file: "tracks.index",
    contents: async () => {
      const { openTrackFinder } = await import(packageUrl("trajcross", "node.js"));
      const finders = [];
      for (const trips of [100, 200]) {
        const finder = await openTrackFinder({ session: { threads: 1 } });
        await finder.add(core.createCity({ seed: 1, trips }).set);
        finders.push(finder);
      }
      return finders;
    },
    write: async (file, finder) =>
      (await import(packageUrl("trajcross", "node.js"))).saveTrackFinder(file, finder),
    read: async (file) =>
      (await (await import(packageUrl("trajcross", "node.js"))).openTrackFinder({ index: file })).size,
    whole: [100, 200],
  },
  "Parquet write": {
    file: "trips.parquet",
    contents: async () => [1000, 2000].map((trips) => core.createCity({ seed: 1, trips }).set),
    write: (file, set) => node.writeParquet(file, set),
    read: async (file) => (await node.readParquet(file)).trajectories.length,
    whole: [1000, 2000],
  },
};

/** Each writer is killed so often; its file must be whole each time. */
export async function killWriters(times, random) {
  const rows = [];
  for (const [name, { file, read, whole }] of Object.entries(writers)) {
    const folder = await mkdtemp(join(tmpdir(), "drill-"));
    const row = { task: name, kills: 0, whole: 0, broken: 0, temporaryFilesLeft: 0 };
    for (let i = 0; i < times; i++) {
      await killedAtWork([self, name, folder], 400 * random.next());
      row.kills++;
      const size = existsSync(join(folder, file))
        ? await read(join(folder, file)).catch(() => -1)
        : undefined;
      if (size === undefined || whole.includes(size)) row.whole++;
      else row.broken++;
    }
    row.temporaryFilesLeft = readdirSync(folder).filter((entry) => entry !== file).length;
    await rm(folder, { recursive: true });
    rows.push(row);
  }
  return rows;
}

/** A training is killed until it has ended; the model must be that of one that nobody disturbed, bit for bit. */
export async function killTraining(times, random) {
  const undisturbed = await mkdtemp(join(tmpdir(), "drill-"));
  const folder = await mkdtemp(join(tmpdir(), "drill-"));
  await ended([self, "training", undisturbed]);
  const expected = await digest(join(undisturbed, "model.onnx"));
  const row = { task: "training (E2DTC, checkpoints)", kills: 0, endedEqual: 0, endedOtherwise: 0 };
  for (let i = 0; row.kills < times; i++) {
    const wasKilled = await killedAtWork([self, "training", folder], 3000 * random.next());
    if (wasKilled) row.kills++;
    // A training that is always killed before its first epoch ends would not show how it goes on.
    if (!wasKilled || row.kills === times || i % 8 === 7) {
      await ended([self, "training", folder]);
      if ((await digest(join(folder, "model.onnx"))) === expected) row.endedEqual++;
      else row.endedOtherwise++;
      await rm(folder, { recursive: true });
      await import("node:fs/promises").then(({ mkdir }) => mkdir(folder));
    }
  }
  await rm(undisturbed, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  return [row];
}

async function digest(file) {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

async function train(folder) {
  const { fitE2DTC } = await import(packageUrl("e2dtc", "train.js"));
  const { set } = core.createCity({ seed: 1, trips: 120 });
  process.stdout.write("READY\n");
  const { model } = await fitE2DTC(core.resampleToCount(set, { count: 6 }), {
    k: 3,
    seed: 2,
    engine: "ort-cpu",
    threads: 1,
    network: { hidden: 16 },
    batchSize: 32,
    pretrain: { epochs: 6, minEpochSteps: 1 },
    selfTrain: { epochs: 6, minEpochSteps: 1, tolerance: 0, seeding: "best" },
    checkpointDir: join(folder, "checkpoints"),
  });
  await model.save(join(folder, "model.onnx"));
  await model.dispose();
}

if (process.argv[1] === self) {
  const [task, folder] = process.argv.slice(2);
  if (task === "training") {
    await train(folder);
    process.exit(0);
  }
  const { file, contents, write } = writers[task];
  const made = await contents();
  process.stdout.write("READY\n");
  for (let i = 0; ; i++) await write(join(folder, file), made[i % 2]);
}

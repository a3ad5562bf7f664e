// Inputs that were made to do harm. Each is read in a process of its own, whose memory is measured: node scripts/drill/hostile.mjs NAME SCALE
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { packageUrl, root } from "../lib/workspace.mjs";
import { crc32, fit, withChecksum, zip } from "./samples.mjs";
import { attempt } from "./typed.mjs";

const self = fileURLToPath(import.meta.url);
const core = await import(packageUrl("geo-core", "index.js"));
const node = await import(packageUrl("geo-core", "node.js"));
const gpx = (inside, head = "") =>
  `<?xml version="1.0"?>${head}<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>${inside}</name><trkseg><trkpt lat="48" lon="11"/></trkseg></trk></gpx>`;
const track = (name) => (bytes) => core.readTrajectories([{ name, data: bytes }]);
const onDisk = (name, read) => async (bytes, folder) => {
  await writeFile(join(folder, name), bytes);
  return read(join(folder, name));
};
/** `scale` megabytes of one byte, which pack to a thousandth. */
const zeros = (scale) => Buffer.alloc(scale * 2 ** 20, 48);

/** Name: what is made, and how it is read. `scale` is the megabytes that a bomb unpacks to. */
const cases = {
  "zip bomb, one entry": {
    make: (scale) => zip([["a.csv", zeros(scale), { packed: deflateRawSync(zeros(scale)), method: 8 }]]),
    read: onDisk("a.zip", (file) => node.readTrajectories(file)),
  },
  "zip bomb, in memory": {
    make: (scale) => zip([["a.gpx", zeros(scale), { packed: deflateRawSync(zeros(scale)), method: 8 }]]),
    read: track("a.zip"),
  },
  "zip that lies about its sizes": {
    make: (scale) =>
      zip([["a.csv", zeros(scale), { packed: deflateRawSync(zeros(scale)), method: 8, size: 10 }]]),
    read: onDisk("a.zip", (file) => node.readTrajectories(file)),
  },
  "zip slip": {
    make: () =>
      zip([
        ["../../drill-slipped.gpx", Buffer.from(gpx("a"))],
        ["/drill-slipped.gpx", Buffer.from(gpx("b"))],
      ]),
    read: onDisk("a.zip", (file) => node.readTrajectories(file)),
    after: async (folder) =>
      (await readdir(join(folder, "..", ".."))).includes("drill-slipped.gpx") ||
      (await readdir("/")).includes("drill-slipped.gpx"),
  },
  "zip in a zip in a zip": {
    make: () => zip([["a.zip", zip([["b.zip", zip([["c.gpx", Buffer.from(gpx("c"))]])]])]]),
    read: track("a.zip"),
  },
  "gzip bomb": {
    make: (scale) => gzipSync(zeros(scale)),
    read: onDisk("a.csv.gz", (file) => node.readTrajectories(file)),
  },
  "GPX entity bomb": {
    make: () =>
      Buffer.from(
        gpx(
          "&i;",
          `<!DOCTYPE gpx [<!ENTITY a "lol">${[..."bcdefghi"].map((name, i) => `<!ENTITY ${name} "${`&${"abcdefgh"[i]};`.repeat(10)}">`).join("")}]>`,
        ),
      ),
    read: track("a.gpx"),
  },
  "GPX with an external entity": {
    make: () => Buffer.from(gpx("&x;", '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    read: async (bytes) => {
      const { set } = await track("a.gpx")(bytes);
      if (JSON.stringify([set.ids, set.properties]).includes("root:")) throw new Error("the file was read");
    },
  },
  "GPX a million elements deep": {
    make: () => Buffer.from(`<gpx>${"<a>".repeat(1_000_000)}`),
    read: track("a.gpx"),
  },
  "GeoJSON a million brackets deep": {
    make: () => Buffer.from(`{"type":"LineString","coordinates":${"[".repeat(1_000_000)}`),
    read: track("a.geojson"),
  },
  "CSV of one line without an end": {
    make: (scale) => Buffer.concat([Buffer.from("id,lon,lat\n"), zeros(scale)]),
    read: onDisk("a.csv", (file) => node.readTrajectories(file)),
  },
  "CSV with a quote that nobody closes": {
    make: (scale) => Buffer.concat([Buffer.from('id,lon,lat\n"'), zeros(scale)]),
    read: onDisk("a.csv", (file) => node.readTrajectories(file)),
  },
  "Parquet whose footer lies about its length": {
    make: () => Buffer.from(`PAR1${"x".repeat(50)}\xff\xff\xff\x7fPAR1`, "latin1"),
    read: track("a.parquet"),
  },
  "Parquet that lies about its rows": { make: () => lyingParquet(), read: track("a.parquet") },
  "FIT that lies about its length": {
    make: () => {
      const bytes = fit([[11, 48]]);
      bytes.writeUInt32LE(2 ** 32 - 1, 4);
      return bytes;
    },
    read: track("a.fit"),
  },
  "PNG of 900 million pixels": {
    make: () => png(30_000, 30_000),
    read: onDisk("a.png", async (file) =>
      (await import(packageUrl("trajcross", "node.js"))).readPicture(file),
    ),
  },
  "GMR-Tree that lies about its objects": {
    make: async () => {
      const bytes = await treeBytes();
      new DataView(bytes.buffer).setUint32(20, 2 ** 31, true);
      return withChecksum(bytes);
    },
    read: async (bytes) => (await import(packageUrl("gmr-tree", "index.js"))).GmrTree.from(bytes),
  },
  "GMR-Tree, cut off": {
    make: async () => (await treeBytes()).subarray(0, 200),
    read: async (bytes) => (await import(packageUrl("gmr-tree", "index.js"))).GmrTree.from(bytes),
  },
  "safetensors with a header of 8 exabytes": {
    make: () => Buffer.concat([Buffer.alloc(8, 127), Buffer.alloc(100)]),
    read: onDisk("a.safetensors", async (file) =>
      (await import(packageUrl("nn", "index.js"))).loadCheckpoint(file),
    ),
  },
  "ONNX, cut off": {
    make: async () => (await model()).subarray(0, 4000),
    read: async (bytes) => (await import(packageUrl("e2dtc", "index.js"))).E2DTC.load(bytes),
  },
  "ONNX of zeros": {
    make: () => Buffer.alloc(5000),
    read: async (bytes) => (await import(packageUrl("e2dtc", "index.js"))).E2DTC.load(bytes),
  },
  "ONNX with a tensor of 2⁶² values": {
    make: async () => lyingOnnx(await model()),
    read: async (bytes) => (await import(packageUrl("e2dtc", "index.js"))).E2DTC.load(bytes),
  },
};

/** Every case in a process of its own, with at most `heapMegabytes` of JavaScript heap. */
export async function hostileInputs(scale, heapMegabytes = 512) {
  const rows = [];
  for (const name of Object.keys(cases)) {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${heapMegabytes}`, self, name, String(scale)],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), 300_000);
    const code = await new Promise((resolve) => child.on("close", resolve));
    clearTimeout(timer);
    rows.push(
      code === 0
        ? { input: name, ...JSON.parse(out) }
        : { input: name, ended: "process ended", message: `code ${code}: ${err.slice(-300)}` },
    );
  }
  return rows;
}

async function model() {
  return new Uint8Array(await readFile(join(root, "packages/e2dtc/test/golden/city-lonlat.onnx")));
}

async function treeBytes() {
  const { GmrTree } = await import(packageUrl("gmr-tree", "index.js"));
  return new Uint8Array(
    GmrTree.build({ dimensions: 2, positions: [1, 2, 3, 4], vectors: [1, 0, 0, 1] }).toBuffer(),
  );
}

/** A real file whose footer says 2⁶² rows: the varint of its `num_rows` is the only 3 that follows the schema. */
async function lyingParquet() {
  const folder = await mkdtemp(join(tmpdir(), "drill-"));
  await node.writeParquet(join(folder, "a.parquet"), core.createCity({ seed: 1, trips: 77 }).set);
  const bytes = await readFile(join(folder, "a.parquet"));
  await rm(folder, { recursive: true });
  const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  // Field num_rows (i64, zigzag): 0x16 and the varint of 2 · 77.
  const wanted = Buffer.from([0x16, 0x9a, 0x01]);
  const at = bytes.indexOf(wanted, footer);
  const lie = Buffer.from([0x16, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  const whole = Buffer.concat([bytes.subarray(0, at), lie, bytes.subarray(at + wanted.length)]);
  whole.writeUInt32LE(whole.length - 8 - footer, whole.length - 8);
  return whole;
}

/** The first initializer's dimension becomes 2⁶². */
function lyingOnnx(bytes) {
  const from = Buffer.from(bytes);
  // TensorProto: dims (field 1, varint), then data_type (field 2) = FLOAT.
  for (let at = 0; at + 4 < from.length; at++) {
    if (
      from[at] === 0x08 &&
      from[at + 1] > 1 &&
      from[at + 1] < 0x80 &&
      from[at + 2] === 0x10 &&
      from[at + 3] === 1
    ) {
      from[at + 1] = 0x7f;
      return from;
    }
  }
  throw new Error("no tensor was found to lie about");
}

function png(width, height) {
  const chunk = (type, data) => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
    bytes.writeUInt32BE(data.length, 0);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

if (process.argv[1] === self) {
  const [name, scale] = [process.argv[2], Number(process.argv[3])];
  const folder = join(await mkdtemp(join(tmpdir(), "drill-")), "a", "b");
  await mkdir(folder, { recursive: true });
  const bytes = Uint8Array.from(await cases[name].make(scale));
  const before = process.resourceUsage().maxRSS;
  const started = performance.now();
  const result = await attempt(() => cases[name].read(bytes, folder), 240_000);
  const slipped = await cases[name].after?.(folder);
  await rm(join(folder, "..", ".."), { recursive: true });
  const row = {
    ...result,
    message: result.message?.replaceAll(folder, "…"),
    seconds: Number(((performance.now() - started) / 1000).toPrecision(2)),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    // What making the input took already.
    megabytesBefore: Math.round(before / 1024),
    ...(slipped ? { ended: "other error", message: "a file was written outside" } : {}),
  };
  process.stdout.write(JSON.stringify(row), () => process.exit(0));
}

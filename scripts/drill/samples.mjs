// A small valid file of every kind that the packages read, and how it is read.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageUrl, root } from "../lib/workspace.mjs";

const core = await import(packageUrl("geo-core", "index.js"));
const { writeParquet } = await import(packageUrl("geo-core", "node.js"));
const { GmrTree } = await import(packageUrl("gmr-tree", "index.js"));
const { loadCheckpoint, saveCheckpoint } = await import(packageUrl("nn", "index.js"));
const { E2DTC } = await import(packageUrl("e2dtc", "index.js"));
const { renderImages } = await import(packageUrl("trajcross", "index.js"));
const trajcross = await import(packageUrl("trajcross", "node.js"));

const KML =
  '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><name>a</name><LineString><coordinates>11.5,48.1,0 11.6,48.2,0</coordinates></LineString></Placemark><Placemark><gx:Track><when>2020-01-01T00:00:00Z</when><when>2020-01-01T00:00:05Z</when><gx:coord>11.5 48.1 0</gx:coord><gx:coord>11.6 48.2 0</gx:coord></gx:Track></Placemark></Document></kml>';
const TCX =
  '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running"><Id>2020-01-01T00:00:00Z</Id><Lap StartTime="2020-01-01T00:00:00Z"><Track><Trackpoint><Time>2020-01-01T00:00:00Z</Time><Position><LatitudeDegrees>48.1</LatitudeDegrees><LongitudeDegrees>11.5</LongitudeDegrees></Position></Trackpoint><Trackpoint><Time>2020-01-01T00:00:05Z</Time><Position><LatitudeDegrees>48.2</LatitudeDegrees><LongitudeDegrees>11.6</LongitudeDegrees></Position></Trackpoint></Track></Lap></Activity></Activities></TrainingCenterDatabase>';
const PLT =
  "Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255,My Track,0,0,2,8421376\r\n0\r\n39.984702,116.318417,0,492,39744.1201851852,2008-10-23,02:53:04\r\n39.984683,116.31845,0,492,39744.1202546296,2008-10-23,02:53:10\r\n";

const NMEA =
  "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230320,003.1,W*65\r\n$GPGGA,123520,4807.039,N,01131.001,E,1,08,0.9,545.4,M,46.9,M,,*4D\r\n";
const IGC =
  "AXXXABC FLIGHT:1\r\nHFDTE160720\r\nI023637LAD3839LOD\r\nB1101355206343N00006198WA00587005581299\r\nB1101455206259N00006295WA00593005561299\r\n";

/** Three trips with times. */
function trips() {
  const { set } = core.createCity({ seed: 1, trips: 3 });
  return core.resampleToCount(set, { count: 5 });
}

/**
 * @returns {Promise<{ name: string, bytes: Uint8Array, share: number, read: (bytes: Uint8Array, lenient: boolean) => Promise<unknown> }[]>}
 *   `share`: how often it is drawn; what reads slowly is drawn less
 */
export async function samples() {
  const folder = await mkdtemp(join(tmpdir(), "drill-"));
  try {
    return [...(await trackSamples(folder)), ...(await binarySamples(folder))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function trackSamples(folder) {
  const set = trips();
  await writeParquet(join(folder, "a.parquet"), set);
  const texts = {
    "tracks.gpx": core.toGpx(set),
    "tracks.csv": core.toCsv(set),
    "tracks.geojson": JSON.stringify(core.toGeoJson(set)),
    "tracks.geojsonl": core
      .toGeoJson(set)
      .features.map((feature) => JSON.stringify(feature))
      .join("\n"),
    "tracks.kml": KML,
    "tracks.tcx": TCX,
    "tracks.plt": PLT,
    "tracks.nmea": NMEA,
    "tracks.igc": IGC,
  };
  const files = Object.entries(texts).map(([name, text]) => [name, Buffer.from(text), 10]);
  files.push(["tracks.gpx.gz", gzipSync(texts["tracks.gpx"]), 5]);
  files.push(["tracks.parquet", await readFile(join(folder, "a.parquet")), 10]);
  files.push([
    "ride.fit",
    fit([
      [11.5, 48.1],
      [11.6, 48.2],
    ]),
    10,
  ]);
  files.push([
    "tracks.zip",
    zip([
      ["a.gpx", Buffer.from(texts["tracks.gpx"])],
      ["b.csv", Buffer.from(texts["tracks.csv"])],
    ]),
    5,
  ]);
  return files.map(([name, bytes, share]) => ({
    name,
    bytes: Uint8Array.from(bytes),
    share,
    read: (data, lenient) => core.readTrajectories([{ name, data }], { lenient }),
  }));
}

async function binarySamples(folder) {
  const set = trips();
  const finder = await trajcross.openTrackFinder();
  await finder.add(set);
  await trajcross.saveTrackFinder(join(folder, "tracks.index"), finder);
  await finder.dispose();
  await saveCheckpoint(join(folder, "weights.safetensors"), {
    tensors: { w: { type: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } },
    metadata: { step: 3 },
  });
  const line = core.projectSet(set.slice(0, 1), core.webMercator);
  const picture = renderImages(line, new core.Random(1), { channels: 3, size: 32 });
  await trajcross.writeImageFolder(folder, picture, { ids: ["picture"] });
  const tree = GmrTree.build({
    dimensions: 2,
    positions: [1, 2, 3, 4, 5, 6],
    vectors: [1, 0, 0, 1, 1, 1],
    attributes: { kind: ["a", "b", "a"] },
    ids: ["x", "y", "z"],
  });
  const model = await readFile(join(root, "packages/e2dtc/test/golden/city-lonlat.onnx"));
  const viaFile = (name, read) => async (bytes) => {
    const at = await mkdtemp(join(tmpdir(), "drill-"));
    try {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(join(at, name), bytes);
      return await read(join(at, name));
    } finally {
      await rm(at, { recursive: true });
    }
  };
  const bytesOf = async (name) => new Uint8Array(await readFile(join(folder, name)));
  return [
    {
      name: "GMR-Tree buffer",
      bytes: new Uint8Array(tree.toBuffer()),
      share: 10,
      read: async (bytes) => GmrTree.from(bytes).search({ position: [1, 2], vector: [1, 1] }),
    },
    {
      name: "GMR-Tree buffer, its checksum mended",
      bytes: new Uint8Array(tree.toBuffer()),
      share: 10,
      read: async (bytes) => GmrTree.from(withChecksum(bytes)).search({ position: [1, 2], vector: [1, 1] }),
    },
    {
      name: "checkpoint (safetensors)",
      bytes: await bytesOf("weights.safetensors"),
      share: 5,
      read: viaFile("weights.safetensors", loadCheckpoint),
    },
    {
      name: "track index",
      bytes: await bytesOf("tracks.index"),
      share: 0.2,
      read: viaFile("tracks.index", readIndex),
    },
    {
      name: "picture (PNG)",
      bytes: await bytesOf("picture.png"),
      share: 5,
      read: viaFile("picture.png", trajcross.readPicture),
    },
    {
      name: "model (ONNX)",
      bytes: new Uint8Array(model),
      share: 0.2,
      read: async (bytes) => (await E2DTC.load(bytes, { threads: 1 })).dispose(),
    },
  ];
}

/** A tree's bytes with the checksum that they should have, as someone would write it who means harm; the error tells it. */
export function withChecksum(bytes) {
  try {
    GmrTree.from(bytes);
  } catch (error) {
    const sum = /checksum (\d+) instead/.exec(error.message)?.[1];
    if (sum !== undefined) new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, Number(sum), true);
  }
  return bytes;
}

async function readIndex(file) {
  await (await trajcross.openTrackFinder({ index: file, session: { threads: 1 } })).dispose();
}

/** A FIT file of record messages: position_lat and position_long in semicircles, and a timestamp. */
export function fit(points) {
  const definition = Buffer.from([0x40, 0, 0, 20, 0, 3, 253, 4, 0x86, 0, 4, 0x85, 1, 4, 0x85]);
  const records = points.map(([lon, lat], i) => {
    const record = Buffer.alloc(13);
    record.writeUInt32LE(1_000_000_000 + i, 1);
    record.writeInt32LE(Math.round((lat * 2 ** 31) / 180), 5);
    record.writeInt32LE(Math.round((lon * 2 ** 31) / 180), 9);
    return record;
  });
  const data = Buffer.concat([definition, ...records]);
  const header = Buffer.alloc(14);
  header.set([14, 0x10]);
  header.writeUInt16LE(2132, 2);
  header.writeUInt32LE(data.length, 4);
  header.write(".FIT", 8);
  header.writeUInt16LE(fitChecksum(header.subarray(0, 12)), 12);
  const whole = Buffer.concat([header, data, Buffer.alloc(2)]);
  whole.writeUInt16LE(fitChecksum(whole.subarray(0, -2)), whole.length - 2);
  return whole;
}

function fitChecksum(bytes) {
  const table = [
    0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000,
    0x9c01, 0x8801, 0x4400,
  ];
  let crc = 0;
  for (const byte of bytes) {
    for (const nibble of [byte & 15, byte >> 4])
      crc = ((crc >> 4) & 0x0fff) ^ table[crc & 15] ^ table[nibble];
  }
  return crc;
}

/** A zip archive, with sizes and names as given: they may lie. @param entries [name, contents, { packed, size }?][] */
export function zip(entries) {
  const locals = [];
  const central = [];
  let offset = 0;
  for (const [name, contents, { packed = contents, method = 0, size = contents.length } = {}] of entries) {
    const label = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(contents), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, label, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, rest, label]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

// Memory and time of `GeoMultimediaIndex.build` over many photos, of which one in a thousand is a broken file.
//
//   pnpm --filter @wayweave/cosmat... build && node packages/cosmat/bench/many-photos.mjs [--encoders FOLDER] [photos …]
//
// The photos are 2,000 JPEG files of 320 × 240 pixels made for the purpose, with their positions in EXIF, which are indexed over and over; they lie in the
// temporary folder and are removed afterwards. With --encoders EfficientNet-Lite0 encodes them (`npm run bench -- fetch encoders` downloads it), else the
// mean colours of 8 × 8 fields do, which shows what the index itself takes. Each number of photos is a process of its own. The figures go to
// results/many-photos.json.
import { fork } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { Random } from "../../geo-core/dist/index.js";
import { openImageEncoder } from "../dist/encoders.js";
import { readPixels } from "../dist/images.js";
import { GeoMultimediaIndex } from "../dist/index.js";

const FILES = 2000;
const BROKEN_EACH = 1000;
const SIDE = 8;
const results = new URL("results/many-photos.json", import.meta.url);
const rounded = (value, digits = 0) => Number(value.toFixed(digits));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    encoders: { type: "string" },
    photos: { type: "string" },
    child: { type: "string" },
  },
});

async function measureAll() {
  const counts = (positionals.length > 0 ? positionals : ["20000", "100000"]).map(Number);
  const folder = await mkdtemp(join(tmpdir(), "wayweave-photos-"));
  try {
    await drawPhotos(folder);
    const encoder =
      values.encoders === undefined ? `mean colours of ${SIDE} × ${SIDE} fields` : "EfficientNet-Lite0";
    const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}`;
    const earlier = JSON.parse(await readFile(results, "utf8").catch(() => '{ "rows": [] }')).rows;
    for (const photos of counts) {
      const row = { encoder, photos, ...(await inProcess(photos, folder)) };
      console.log(JSON.stringify(row));
      const at = earlier.findIndex((other) => other.encoder === encoder && other.photos === photos);
      earlier.splice(at < 0 ? earlier.length : at, 1, row);
      await mkdir(new URL("results/", import.meta.url), { recursive: true });
      await writeFile(results, `${JSON.stringify({ machine, files: FILES, rows: earlier }, null, 2)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Photos of random colours and grain, each with a place. */
async function drawPhotos(folder) {
  const random = new Random(1);
  const degrees = (value) => {
    const [whole, minutes] = [Math.floor(value), Math.round((value % 1) * 6e6)];
    return `${whole}/1 ${minutes}/100000 0/1`;
  };
  for (let i = 0; i < FILES; i++) {
    const [r, g, b] = [0, 0, 0].map(() => random.integer(256));
    const [lon, lat] = [13 + random.next(), 51 + random.next()];
    const exif = {
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: degrees(lat),
        GPSLongitudeRef: "E",
        GPSLongitude: degrees(lon),
      },
    };
    const photo = await sharp({
      create: {
        width: 320,
        height: 240,
        channels: 3,
        background: { r, g, b },
        noise: { type: "gaussian", mean: 128, sigma: 40 },
      },
    })
      .tint({ r, g, b })
      .withExif(exif)
      .jpeg()
      .toBuffer();
    await writeFile(join(folder, `${i}.jpg`), photo);
    if (i === 0) await writeFile(join(folder, "broken.jpg"), photo.subarray(0, photo.length >> 1));
  }
}

function inProcess(photos, folder) {
  const args = [`--child=${photos}`, `--photos=${folder}`];
  if (values.encoders !== undefined) args.push(`--encoders=${values.encoders}`);
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), args);
    let row;
    child.on("message", (message) => (row = message));
    child.on("exit", (code) => (row === undefined ? reject(new Error(`ended with ${code}`)) : resolve(row)));
  });
}

/** An encoder that costs next to nothing. */
const meanColours = {
  name: "mean colours",
  encode: async (photos) => {
    const pixels = await Promise.all(photos.map((photo) => readPixels(photo, { resize: SIDE, crop: SIDE })));
    return {
      rows: photos.length,
      columns: 3 * SIDE * SIDE,
      data: Float32Array.from(pixels.flatMap((one) => [...one])),
    };
  },
  dispose: async () => {},
};

async function measure(photos, folder, encoders) {
  const image =
    encoders === undefined ? meanColours : await openImageEncoder("efficientnet-lite0", { folder: encoders });
  const megabytesWhile = [];
  const step = Math.ceil(photos / 10);
  const started = performance.now();
  const index = await GeoMultimediaIndex.build({
    items: itemsOf(photos, folder),
    encoders: { image },
    onProgress: ({ done }) => {
      if (done % step === 0) megabytesWhile.push(rounded(process.memoryUsage.rss() / 2 ** 20));
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const broken = Math.floor(photos / BROKEN_EACH);
  if (index.failures.length !== broken || index.size !== photos - broken) {
    throw new Error(
      `${index.size} of ${photos} photos were indexed, ${index.failures.length} failed; ${broken} are broken`,
    );
  }
  const saved = join(folder, `index-${photos}`);
  await index.save(saved);
  const loaded = await GeoMultimediaIndex.load(saved, { encoders: { image } });
  const times = [];
  for (let i = 0; i < 20; i++) {
    const photo = await readFile(join(folder, `${i}.jpg`));
    const at = performance.now();
    const [hit] = await loaded.search({
      image: photo,
      target: "image",
      position: [13.5, 51.5],
      k: 10,
      mu: 0,
    });
    times.push(performance.now() - at);
    if (hit.similarity < 0.999) throw new Error(`photo ${i} does not find itself: ${hit.similarity}`);
  }
  times.sort((a, b) => a - b);
  let bytes = 0;
  for (const name of await readdir(saved)) bytes += (await stat(join(saved, name))).size;
  return {
    failures: index.failures.length,
    seconds: rounded(seconds, 1),
    cpuSeconds: rounded((userCPUTime + systemCPUTime) / 1e6, 1),
    photosPerCpuSecond: rounded((1e6 * photos) / (userCPUTime + systemCPUTime)),
    megabytesWhile,
    peakMegabytes: rounded(process.resourceUsage().maxRSS / 1024),
    savedMegabytes: rounded(bytes / 1e6),
    searchMs: rounded(times[times.length >> 1], 1),
  };
}

function* itemsOf(photos, folder) {
  for (let i = 0; i < photos; i++) {
    const name = i % BROKEN_EACH === BROKEN_EACH - 1 ? "broken" : i % FILES;
    yield { image: join(folder, `${name}.jpg`), payload: i };
  }
}

if (values.child === undefined) await measureAll();
else process.send(await measure(Number(values.child), values.photos, values.encoders), () => process.exit(0));

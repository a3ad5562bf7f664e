import { appendFile, cp, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { E2DTC } from "@wayweave/e2dtc";
import { TrajectoryIndex, TrajectorySet } from "@wayweave/geo-core";
import { GmrTree } from "@wayweave/gmr-tree";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createService } from "../src/app.mjs";
import { createClient, drawTrack, makeSnapshots, model } from "./fixtures.mjs";

let made;
let service;
let client;
const trips = [
  [
    [116.3, 39.9],
    [116.32, 39.92],
  ],
  [[116.45, 39.95]],
];
const query = { position: [116.3, 39.9], vector: [1, 0, 0, 2, 0, 0, 0, 0, 0, 1], k: 3, mu: 0.4 };

async function start(options) {
  const started = await createService({ snapshot: made.current, workers: 1, drainMs: 0, ...options });
  const address = await started.app.listen({ host: "127.0.0.1", port: 0 });
  return { ...started, client: createClient(address, { connections: 32 }) };
}

beforeAll(async () => {
  made = await makeSnapshots();
  service = await start({});
  client = service.client;
});

afterAll(async () => {
  client.close();
  await service.stop();
  await rm(made.folder, { recursive: true });
});

describe("answers are the packages' own", () => {
  it("/predict: E2DTC.predict", async () => {
    const loaded = await E2DTC.load(model);
    const { labels, softAssignments } = await loaded.predict(TrajectorySet.fromArrays(trips));
    const { status, body } = await client.send("/predict", { trips });
    expect(status).toBe(200);
    expect(body.trips.map(({ label }) => label)).toEqual([...labels]);
    expect(body.trips[1].confidence).toBeCloseTo(softAssignments[loaded.k + labels[1]], 5);
    await loaded.dispose();
  });

  it("/similar: TrajectoryIndex.nearest", async () => {
    const index = new TrajectoryIndex(made.set);
    const expected = await index.nearest(Float64Array.from(trips[0].flat()), {
      distance: { name: "dtw" },
      k: 4,
    });
    const { body } = await client.send("/similar", { trip: trips[0], k: 4, distance: "dtw" });
    expect(body.hits).toEqual(expected);
  });

  it("/search: GmrTree.search, with its conditions", async () => {
    const asked = {
      ...query,
      where: { kind: { in: ["bar", "park"] } },
      proximity: { kind: "exponential", scaleMeters: 2000 },
    };
    const { body } = await client.send("/search", asked);
    expect(body.hits).toEqual(GmrTree.from(made.objects).search(asked));
  });

  it("/find: the track that was drawn, with and without corners", async () => {
    const { bytes, corners } = await drawTrack(made.folder, made.set, 17);
    const found = await client.send(`/find?k=2&bounds=${corners.join(",")}`, bytes, "image/png");
    expect(found.body).toMatchObject({ by: "place", hits: [{ id: "trip 17" }, {}] });
    expect((await client.send("/find", bytes, "image/png")).body.by).toBe("shape");
  });
});

describe("what is wrong is named", () => {
  const cases = [
    ["a field that is missing", "/predict", {}, "trips"],
    ["a number in quotes", "/predict", { trips: [[[116, "39"]]] }, "trips.0.0.1"],
    ["null", "/search", { ...query, position: [null, 39] }, "position.0"],
    ["a latitude of 91", "/similar", { trip: [[116, 91]] }, "trip.0.1"],
    ["three numbers in a position", "/similar", { trip: [[116, 39, 4]] }, "trip.0"],
    ["a trip without points", "/predict", { trips: [[]] }, "trips.0"],
    ["an unknown field", "/search", { ...query, limit: 3 }, "limit"],
    ["an unknown distance", "/similar", { trip: trips[0], distance: "lcs" }, "distance"],
    ["a vector of another length", "/search", { ...query, vector: [1, 2] }, "vector"],
    ["an attribute that is not there", "/search", { ...query, where: { kin: "bar" } }, "where"],
    ["k = 0", "/search", { ...query, k: 0 }, "k"],
    ["no picture", "/find", { picture: 1 }, "body"],
    ["bounds of three numbers", "/find?bounds=1,2,3", { picture: 1 }, "bounds"],
  ];
  it.each(cases)("%s: 400", async (_name, path, body, field) => {
    const answer = await client.send(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.field).toBe(field);
    expect(answer.body.error).toContain(field.split(".")[0]);
  });

  it("text that is no JSON, or of another type: 400, 415; an unknown route: 404", async () => {
    expect((await client.send("/predict", '{"trips":')).status).toBe(400);
    expect((await client.send("/predict", "trips", "text/plain")).status).toBe(415);
    expect((await client.send("/nothing")).status).toBe(404);
  });

  it("more than a request may hold: 413", async () => {
    expect((await client.send("/predict", " ".repeat(2 ** 20 + 1))).status).toBe(413);
    expect((await client.send("/find", Buffer.alloc(8 * 2 ** 20 + 1), "image/png")).status).toBe(413);
  });

  it("a picture that unpacks to 3.6 gigabytes, and one that is cut off: 400", async () => {
    const bomb = await client.send("/find", pngOf(30_000, 30_000), "image/png");
    expect(bomb).toMatchObject({ status: 400, body: { field: "picture" } });
    const { bytes } = await drawTrack(made.folder, made.set, 3);
    expect((await client.send("/find", bytes.subarray(0, 500), "image/png")).status).toBe(400);
  });
});

it("as many wait as may, the others are told when to come again", async () => {
  const small = await start({ queue: 1 });
  const { bytes } = await drawTrack(made.folder, made.set, 5);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => small.client.send("/find", bytes, "image/png")),
  );
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 503]);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers } of refused) expect(headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect((await small.client.send("/find", bytes, "image/png")).status).toBe(200);
  small.client.close();
  expect(await small.stop()).toEqual({ received: 13, answered: 13 });
});

it("a question that takes too long: 504, and the thread is replaced", async () => {
  const hasty = await start({ timeoutMs: 1 });
  const { bytes } = await drawTrack(made.folder, made.set, 6);
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push((await hasty.client.send("/find", bytes, "image/png")).status);
  expect(answers).toEqual([504, 504, 504]);
  expect((await hasty.client.send("/health/ready")).status).toBe(200);
  hasty.client.close();
  await hasty.stop();
});

describe("reload", () => {
  const idOf = async () => (await client.send("/health/ready")).body.snapshot.id;
  const point = async (to) => {
    await symlink(to, `${made.current}.new`);
    await rename(`${made.current}.new`, made.current);
  };

  it("goes to the new snapshot while questions come, none of which fails", async () => {
    const before = await idOf();
    await point("b");
    let reloading = true;
    const reloaded = service.reload().finally(() => {
      reloading = false;
    });
    const statuses = new Set();
    // Always some that wait when the threads change.
    const trip = Array.from({ length: 40 }, (_, i) => [116.3 + i / 1000, 39.9]);
    const askOn = async () => {
      while (reloading) statuses.add((await client.send("/similar", { trip, distance: "dtw" })).status);
    };
    await Promise.all(Array.from({ length: 12 }, askOn));
    expect((await reloaded).id).not.toBe(before);
    expect(await idOf()).toBe((await reloaded).id);
    expect([...statuses]).toEqual([200]);
  });

  it.each(["clusters.onnx", "trips.parquet", "tracks.index", "objects.gmr", "snapshot.json"])(
    "refuses a damaged %s, names it, and goes on with the old one",
    async (name) => {
      const before = await idOf();
      await cp(join(made.folder, "a"), join(made.folder, `bad-${name}`), { recursive: true });
      await appendFile(join(made.folder, `bad-${name}`, name), "x");
      await point(`bad-${name}`);
      await expect(service.reload()).rejects.toThrow(name);
      expect(await idOf()).toBe(before);
      expect((await client.send("/search", query)).status).toBe(200);
    },
  );

  it("tells Prometheus", async () => {
    const { body } = await client.send("/metrics");
    expect(body).toContain('wayweave_reloads_total{result="done"} 1');
    expect(body).toContain('wayweave_reloads_total{result="refused"} 5');
    expect(body).toMatch(/wayweave_request_duration_seconds_count\{route="\/search",status="200"\} \d+/);
  });
});

/** A PNG of one colour that says how large it is. */
function pngOf(width, height) {
  const chunk = (type, data) => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
    bytes.writeUInt32BE(data.length, 0);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

// A snapshot of a made-up city, pictures of its tracks, and a client that counts.
import { once } from "node:events";
import { mkdtemp, readFile, symlink } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectSet, Random, webMercator } from "@wayweave/geo-core";
import { renderImages } from "@wayweave/trajcross";
import { writeImageFolder } from "@wayweave/trajcross/node";
import { demoContents, makeSnapshot } from "../make-snapshot.mjs";

export const model = fileURLToPath(
  new URL("../../../packages/e2dtc/test/golden/city-lonlat.onnx", import.meta.url),
);

/** Two snapshots, `a` and `b`, and a link `current` to the first. */
export async function makeSnapshots({ tripCount = 60, objectCount = 3000 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "service-"));
  const a = demoContents({ seed: 1, tripCount, objectCount });
  await makeSnapshot({ out: join(folder, "a"), model, ...a });
  await makeSnapshot({ out: join(folder, "b"), model, ...demoContents({ seed: 2, tripCount, objectCount }) });
  await symlink("a", join(folder, "current"));
  return { folder, current: join(folder, "current"), set: a.set, objects: a.objects };
}

/** A PNG that shows one of the tracks, and the corners that it shows. */
export async function drawTrack(folder, set, index) {
  const track = projectSet(set.slice(index, index + 1), webMercator);
  const drawn = renderImages(track, new Random(7), { channels: 3, size: 256, thicknessPixels: [4, 5] });
  await writeImageFolder(folder, drawn, { ids: [`track-${index}`] });
  const [left, bottom, right, top] = drawn.extents;
  const corners = [...webMercator.inverse([left, bottom]), ...webMercator.inverse([right, top])];
  return { bytes: await readFile(join(folder, `track-${index}.png`)), corners };
}

/** Sends requests over kept connections; `send` resolves with status, headers and body, and rejects with a socket's error. */
export function createClient(address, { connections = 8 } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = (path, body, type = "application/json") =>
    new Promise((resolve, reject) => {
      const bytes =
        body === undefined || Buffer.isBuffer(body)
          ? body
          : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const headers = bytes === undefined ? {} : { "content-type": type, "content-length": bytes.length };
      const sent = request(new URL(path, address), {
        method: bytes === undefined ? "GET" : "POST",
        headers,
        agent,
      });
      sent.on("error", reject);
      sent.on("response", async (response) => {
        try {
          const chunks = [];
          for await (const chunk of response) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString();
          const isJson = response.headers["content-type"]?.includes("json");
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: isJson ? JSON.parse(text) : text,
          });
        } catch (error) {
          reject(error);
        }
      });
      sent.end(bytes);
    });
  return { send, close: () => agent.destroy() };
}

/** The next event that a server process prints, of a kind. */
export async function nextEvent(lines, kind) {
  for (;;) {
    const [line] = await once(lines, "line");
    const event = JSON.parse(line);
    if (event.event === kind) return event;
  }
}

import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Download, type FetchOptions, type FetchStart, fetchDataset } from "../src/datasets/fetch.js";
import { runTinyCli, temporaryFolder } from "./support.js";

const content = randomBytes(200_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server of `content` that knows Range and If-Range; the first answer stops at `cut` until `hangUp` is called. */
async function serve({ etag = '"one"', cut }: { etag?: string; cut?: number } = {}) {
  const requests: IncomingMessage["headers"][] = [];
  let hangUp = () => {};
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.headers);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const isSame = request.headers["if-range"] === etag;
    const start = range !== null && isSame ? Number(range[1]) : 0;
    const headers = { etag, "content-length": String(content.length - start) };
    response.writeHead(start > 0 ? 206 : 200, headers);
    if (cut !== undefined && requests.length === 1) {
      response.write(content.subarray(start, cut));
      hangUp = () => response.destroy();
    } else response.end(content.subarray(start));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trips.zip`,
    requests,
    hangUp: () => hangUp(),
  };
}

async function fetchInto(
  root: string,
  download: Download,
  onProgress: FetchOptions["onProgress"] = () => {},
) {
  const starts: FetchStart[] = [];
  const options = { root, signal: new AbortController().signal, onProgress };
  const outcome = await fetchDataset(download, { ...options, onStart: (start) => starts.push(start) });
  return { outcome, starts };
}

describe("fetchDataset", () => {
  it("says what it downloads before it does, and compares the checksum", async () => {
    const root = await temporaryFolder();
    const { url } = await serve();
    const { outcome, starts } = await fetchInto(root, { url, path: "a/trips.zip", sha256 });
    const destination = join(root, "a/trips.zip");
    expect(starts).toEqual([{ url, destination, size: 200_000, resumedFrom: 0, sha256 }]);
    expect(outcome).toEqual({ destination, bytes: 200_000, sha256, verified: true, existed: false });
    expect(await readFile(destination)).toEqual(content);
  });

  it("goes on where an interrupted download stopped", async () => {
    const root = await temporaryFolder();
    const { url, requests, hangUp } = await serve({ cut: 80_000 });
    const download = { url, path: "trips.zip", sha256 };
    await expect(fetchInto(root, download, ({ done }) => done === 80_000 && hangUp())).rejects.toThrow();
    const left = (await readFile(join(root, "trips.zip.part"))).length;
    expect(left).toBe(80_000);
    const { outcome, starts } = await fetchInto(root, download);
    expect(requests[1]).toMatchObject({ range: `bytes=${left}-`, "if-range": '"one"' });
    expect(starts[0]?.resumedFrom).toBe(left);
    expect(outcome.sha256).toBe(sha256);
  });

  it("starts again when the publisher's file has changed", async () => {
    const root = await temporaryFolder();
    const { url } = await serve({ etag: '"two"' });
    await writeFile(join(root, "trips.zip.part"), "of another file");
    await writeFile(join(root, "trips.zip.part.validator"), '"one"');
    const { outcome, starts } = await fetchInto(root, { url, path: "trips.zip" });
    expect(starts[0]?.resumedFrom).toBe(0);
    expect(outcome.sha256).toBe(sha256);
  });

  it("keeps nothing whose checksum differs", async () => {
    const root = await temporaryFolder();
    const { url } = await serve();
    const wrong = "0".repeat(64);
    await expect(fetchInto(root, { url, path: "trips.zip", sha256: wrong })).rejects.toThrow(
      `trips.zip: sha256 must be ${wrong}, got ${sha256}`,
    );
    await expect(readFile(join(root, "trips.zip"))).rejects.toThrow("ENOENT");
  });

  it("downloads nothing when the file is there", async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, "a"));
    await writeFile(join(root, "a/trips.zip"), content);
    const { url, requests } = await serve();
    const { outcome } = await fetchInto(root, { url, path: "a/trips.zip" });
    expect(outcome).toMatchObject({ existed: true, verified: false, sha256 });
    expect(requests).toEqual([]);
  });

  it("says what is wrong with an archive that lacks its member", async () => {
    const root = await temporaryFolder();
    const { url } = await serve();
    await expect(fetchInto(root, { url, path: "a.zip", member: "b.csv" })).rejects.toThrow("must be a zip");
  });
});

describe("wayweave-bench fetch", () => {
  it("shows URL, size and checksum, and then the file's own checksum", async () => {
    const root = await temporaryFolder();
    const { url } = await serve();
    const { code, stdout, stderr } = await runTinyCli(["fetch", "geolife", "--to", root], {
      TINY_DOWNLOAD: JSON.stringify({ geolife: { url, path: "geolife/trips.zip" } }),
    });
    expect(code).toBe(0);
    expect(stderr).toContain(`url: ${url}\nsize: 200.0 kB\nchecksum: none published`);
    expect(stdout).toContain(`sha256: ${sha256} (the publisher names none to compare with)`);
  });

  it("downloads nothing with --dry-run, and fails for a dataset without a download", async () => {
    const root = await temporaryFolder();
    const { url, requests } = await serve();
    const environment = { TINY_DOWNLOAD: JSON.stringify({ geolife: { url, path: "trips.zip" } }) };
    const dry = await runTinyCli(["fetch", "geolife", "--to", root, "--dry-run"], environment);
    expect([dry.code, requests.length]).toEqual([0, 0]);
    const none = await runTinyCli(["fetch", "ucy", "--to", root], environment);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("get it from its homepage");
  });
});

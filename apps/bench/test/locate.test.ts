import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TellingLocator } from "../src/commands/telling-locator.js";
import { DatasetLocator, dataRoots, downloadCache, sha256Of } from "../src/datasets/locate.js";
import { temporaryFolder } from "./support.js";

async function fourRoots() {
  const base = await temporaryFolder();
  const [data, env, shared, cache] = ["data", "env", "shared/data", "cache/wayweave"].map((name) =>
    join(base, name),
  ) as [string, string, string, string];
  for (const folder of [data, env, shared, cache]) await mkdir(folder, { recursive: true });
  const environment = { WAYWEAVE_DATA: env, XDG_CACHE_HOME: join(base, "cache") };
  return { data, env, shared, cache, lookup: { data, environment, checkout: join(base, "checkout") } };
}

async function putNodes(root: string, text: string) {
  await mkdir(join(root, "points"), { recursive: true });
  await writeFile(join(root, "points/california-road-nodes.cnode"), text);
}

describe("data lookup", () => {
  it("looks in --data, $WAYWEAVE_DATA, ../shared/data and the cache, in that order", async () => {
    const { data, env, shared, cache, lookup } = await fourRoots();
    expect(dataRoots(lookup)).toEqual([data, env, shared, cache]);
  });

  it("takes a dataset from the first place that has all of its files", async () => {
    const { env, cache, lookup } = await fourRoots();
    await putNodes(env, "0 -121.9 41.97");
    await putNodes(cache, "other");
    const located = await new DatasetLocator(dataRoots(lookup)).locate("california-road-nodes");
    expect(located?.paths).toEqual([join(env, "points/california-road-nodes.cnode")]);
    expect(located?.files).toEqual(["california-road-nodes.cnode"]);
    expect(located?.sha256).toEqual([createHash("sha256").update("0 -121.9 41.97").digest("hex")]);
  });

  it("passes over a place that lacks one of the files", async () => {
    const { data, shared, lookup } = await fourRoots();
    await mkdir(join(data, "ucy"));
    await writeFile(join(data, "ucy/students001.txt"), "");
    await mkdir(join(shared, "ucy"));
    for (const name of ["students001", "students003", "uni_examples"])
      await writeFile(join(shared, `ucy/${name}.txt`), name);
    const located = await new DatasetLocator(dataRoots(lookup)).locate("ucy");
    expect(located?.paths[0]).toBe(join(shared, "ucy/students001.txt"));
  });

  it("finds nothing with --data none, whatever else there is", async () => {
    const { env, lookup } = await fourRoots();
    await putNodes(env, "x");
    const locator = new DatasetLocator(dataRoots({ ...lookup, data: "none" }));
    expect(await locator.locate("california-road-nodes")).toBeUndefined();
  });

  it("refuses a folder that does not exist: a slip of the pen must not turn real data into synthetic", () => {
    expect(() => dataRoots({ environment: { WAYWEAVE_DATA: "/no/such" } })).toThrow(
      '$WAYWEAVE_DATA must be an existing folder, got "/no/such"',
    );
  });

  it("puts the cache under XDG_CACHE_HOME, or else under the home", () => {
    expect(downloadCache({ XDG_CACHE_HOME: "/var/xdg" })).toBe("/var/xdg/wayweave");
    expect(downloadCache({ XDG_CACHE_HOME: "relative" })).toMatch(/\.cache\/wayweave$/);
  });

  it("hashes a folder by its files' names and contents", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "b/two"), "2");
    await writeFile(join(folder, "a"), "1");
    const expected = createHash("sha256").update("a\x001b/two\x002").digest("hex");
    expect(await sha256Of(folder)).toBe(expected);
  });
});

describe("TellingLocator", () => {
  it("tells once of each dataset that is not there, with what helps", async () => {
    const notes: string[] = [];
    const locator = new TellingLocator([], (note) => notes.push(note));
    for (const id of ["porto", "cvrr", "porto", "bge-small-zh"] as const) {
      expect(await locator.locate(id)).toBeUndefined();
    }
    expect(notes).toEqual([
      "note: porto was not found, so made-up data stand for it (--data names the folder that holds it, fetch porto downloads it)",
      "note: cvrr was not found, so made-up data stand for it (--data names the folder that holds it)",
      "note: bge-small-zh was not found, so made-up data stand for it (fetch encoders downloads it)",
    ]);
  });
});

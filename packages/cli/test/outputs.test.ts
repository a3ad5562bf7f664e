import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPageName, prepareOutputs } from "../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outputs-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("prepareOutputs", () => {
  it("takes files that are apart, in folders that are not there yet", async () => {
    await prepareOutputs(
      { "--out": join(folder, "new/a.csv"), "--map": join(folder, "a.html"), "--model": undefined },
      { "the trips": join(folder, "in.csv") },
    );
  });

  it("refuses an output that is an input, or another output, by whatever way it is written", async () => {
    const file = join(folder, "a.csv");
    await expect(
      prepareOutputs({ "--out": `${folder}/./x/../a.csv` }, { "the trips": file }),
    ).rejects.toThrow("--out must be another file than the trips");
    await expect(prepareOutputs({ "--out": file, "--map": file })).rejects.toThrow(
      "--map must be another file than --out",
    );
  });

  it("refuses a folder in place of a file, and a file in place of a folder", async () => {
    await mkdir(join(folder, "there"));
    await expect(prepareOutputs({ "--out": join(folder, "there") })).rejects.toThrow(
      "--out must be a file, got the folder",
    );
    await writeFile(join(folder, "plain"), "");
    await expect(prepareOutputs({ "--out": join(folder, "plain/a.csv") })).rejects.toThrow(
      "--out must be in a folder that can be written",
    );
  });
});

it("checkPageName refuses to put a page where something else is", () => {
  checkPageName("--html", "found.HTML");
  checkPageName("--html", undefined);
  expect(() => checkPageName("--html", "own.png")).toThrow("--html must end in .html, got own.png");
});

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAtomically } from "../../src/node/atomic-file.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "wayweave-atomic-"));
  file = join(folder, "target");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each(["unique", "fixed"] as const)("writeAtomically with a %s temporary name", (temporary) => {
  it("shows the old content until all is written, then the new", async () => {
    await writeFile(file, "old");
    await writeAtomically(
      file,
      async (write) => {
        await write(Buffer.from("new "));
        expect(await readFile(file, "utf8")).toBe("old");
        await write(Buffer.from("content"));
      },
      { temporary },
    );
    expect(await readFile(file, "utf8")).toBe("new content");
    expect(await readdir(folder)).toEqual(["target"]);
  });

  it("leaves the old content and nothing else when writing throws", async () => {
    await writeFile(file, "old");
    const failing = writeAtomically(file, () => Promise.reject(new Error("disk full")), { temporary });
    await expect(failing).rejects.toThrow("disk full");
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["target"]);
  });
});

it("takes over a fixed temporary file that a killed process left, and never a unique one", async () => {
  await writeFile(`${file}.tmp`, "half of someth");
  await writeAtomically(file, (write) => write(Buffer.from("other")), { temporary: "unique" });
  expect((await readdir(folder)).sort()).toEqual(["target", "target.tmp"]);
  await writeAtomically(file, (write) => write(Buffer.from("whole")), { temporary: "fixed" });
  expect(await readdir(folder)).toEqual(["target"]);
  expect(await readFile(file, "utf8")).toBe("whole");
});

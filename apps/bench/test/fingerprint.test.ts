import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf, reachableCode } from "../src/runner/fingerprint.js";
import { temporaryFolder } from "./support.js";

let folder: string;
const main = () => digestOf({ file: join(folder, "main.ts") });
const write = (name: string, text: string) => writeFile(join(folder, name), text);

beforeEach(async () => {
  folder = await temporaryFolder();
  await write("main.ts", 'import { used } from "./lib.js";\nexport const run = () => used(2);\n');
  await write("lib.ts", "export const used = (x: number) => x + 1;\nexport const unused = () => 0;\n");
});

describe("digestOf", () => {
  it("changes with code that the module reaches, through any number of files", async () => {
    const before = await main();
    await write("lib.ts", "export const used = (x: number) => x + 2;\nexport const unused = () => 0;\n");
    const after = await main();
    expect(after).not.toBe(before);
    await write("deep.ts", "export const by = 2;\n");
    await write("lib.ts", 'import { by } from "./deep.js";\nexport const used = (x: number) => x + by;\n');
    const deep = await main();
    await write("deep.ts", "export const by = 3;\n");
    expect(await main()).not.toBe(deep);
  });

  it("does not change with comments, layout, types, and code that it does not reach", async () => {
    const before = await main();
    await write(
      "lib.ts",
      "// A comment\ntype X = number;\nexport const used =\n  (x: X) => x + 1;\nexport const unused = () => 1;\n",
    );
    expect(await main()).toBe(before);
  });

  it("does not change with the names of built files, which comments change too", async () => {
    const build = async (hash: string, comment: string) => {
      await write(`lazy-${hash}.js`, `${comment}export const used = (x) => x + 1;\n`);
      await write("main.ts", `export const run = async () => (await import("./lazy-${hash}.js")).used(2);\n`);
      return main();
    };
    const before = await build("FB7QWCMU", "");
    expect(await build("BE43WZ3I", "// A comment\n")).toBe(before);
    expect(await build("BE43WZ3I", "export const other = 1;\n")).not.toBe(before);
  });

  it("changes with a worker's file where its name is reached, and only there", async () => {
    await mkdir(join(folder, "dist"));
    const worker = (text: string) => write("dist/a-worker.js", text);
    await write(
      "dist/index.js",
      'export const start = () => new URL("./a-worker.js", import.meta.url);\nexport const other = () => 1;\n',
    );
    const withWorker = async (name: "start" | "other", text: string) => {
      await write("main.ts", `export { ${name} } from "./dist/index.js";\n`);
      // Files of a worker are read once a process.
      await worker(text);
      return main();
    };
    const other = await withWorker("other", "self.x = 1;\n");
    expect(await withWorker("other", "self.x = 2;\n")).toBe(other);
    const { text } = await reachableCode({ file: join(folder, "dist", "index.js") });
    expect(text).toContain("a-worker.js");
    const start = await withWorker("start", "self.x = 2;\n");
    await rm(join(folder, "dist", "a-worker.js"));
    expect(await main()).not.toBe(start);
  });

  it("takes in the workspace's packages that packages import from", async () => {
    const { packages, text } = await reachableCode({
      text: 'export { CanonicalCorrelation } from "@wayweave/cosmat";',
    });
    expect(packages.map((folder) => basename(folder))).toEqual(expect.arrayContaining(["cosmat", "numeric"]));
    expect(/(?:from|import\()\s*"@wayweave\//.test(text)).toBe(false);
  });

  it("fails where an import leads nowhere", async () => {
    await write("lib.ts", 'export { used } from "./nowhere.js";\n');
    await expect(main()).rejects.toThrow("nowhere");
  });
});

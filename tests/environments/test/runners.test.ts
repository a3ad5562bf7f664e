import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { bin, fixtures, folder, inFreshFolder, run } from "./run.js";

/** Test runners load modules into contexts of their own, whose ArrayBuffer is not the one that WebAssembly gives. */
describe("gmr-tree in test runners", () => {
  it.each(["node", "jsdom"])("Jest, environment %s", async (environment) => {
    const config = {
      rootDir: fixtures,
      testEnvironment: environment,
      testMatch: ["**/in-a-runner.test.js"],
      transform: {},
      cacheDirectory: join(folder, "node_modules/.cache/jest"),
    };
    const printed = await run(bin("jest"), ["--config", JSON.stringify(config), "--ci", "--colors=false"], {
      env: { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" },
    });
    expect(printed).toContain("2 passed");
  });

  it.each(["threads", "forks", "vmThreads", "vmForks"])("vitest, pool %s", async (pool) => {
    const config = join(fixtures, "vitest.runner.config.js");
    const args = ["run", "--pool", pool, "--root", fixtures, "--config", config, "--no-color"];
    const printed = await run(bin("vitest"), args, { env: { NO_COLOR: "1" } });
    expect(printed).toMatch(/Tests\s+2 passed/);
  });
});

describe("gmr-tree where WebAssembly does not compile", () => {
  it("node --jitless", async () => {
    await run(process.execPath, ["--jitless", join(fixtures, "jitless.js")]);
  });

  it("workerd, alone and with the precompiled kernels", async () => {
    await inFreshFolder(async (path) => {
      await build({
        entryPoints: [join(fixtures, "workerd.js")],
        outfile: join(path, "workerd.bundle.js"),
        bundle: true,
        format: "esm",
        external: ["./kernels.wasm"],
      });
      await copyFile(
        join(folder, "node_modules/@wayweave/gmr-tree/dist/kernels.wasm"),
        join(path, "kernels.wasm"),
      );
      await copyFile(join(fixtures, "workerd.capnp"), join(path, "workerd.capnp"));
      const printed = await run(bin("workerd"), ["test", "workerd.capnp"], { cwd: path });
      expect(printed).toContain("both kernels agree");
    });
  });
});

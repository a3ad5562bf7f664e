import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readResult } from "../src/results/files.js";
import { runTinyCli, runTinyProcess, temporaryFolder } from "./support.js";

describe("wayweave-bench run", () => {
  it("runs everything at the quick preset when no command is given, and ends with the report's path", async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await runTinyProcess(["--out", out, "--data", "none"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`report: ${join(out, "report.html")}`);
    const counting = await readResult(join(out, "tiny/counting/quick.json"));
    // Seeds 1, 2, 3: slow takes 10, 20, 30 ms and fast 1, 2, 3 ms, ten times less each time.
    expect(counting.rows.map((row) => row.metrics.medianMs?.values)).toEqual([
      [10, 20, 30],
      [1, 2, 3],
    ]);
    expect(counting.rows.map((row) => row.metrics.speedup?.mean)).toEqual([1, 10]);
    expect(counting.rows.map((row) => row.paper)).toEqual([null, { nmi: 0.5 }]);
    expect(counting.provenance.complete).toBe(true);
    expect(counting.data).toEqual([
      { name: "Numbers", source: "synthetic", files: [], sha256: [], counts: { numbers: 10 } },
    ]);
  });

  it("prints only JSON on standard output with --json", async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await runTinyCli([
      "run",
      "tiny/counting",
      "--seeds",
      "2",
      "--out",
      out,
      "--json",
    ]);
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as {
      results: { experiment: string; provenance: { seeds: number[] } }[];
    };
    expect(printed.results.map(({ experiment }) => experiment)).toEqual(["tiny/counting"]);
    expect(printed.results[0]?.provenance.seeds).toEqual([1, 2]);
  });

  it("takes finished rows from disk, and runs them again with --fresh", async () => {
    const out = await temporaryFolder();
    const run = (...more: string[]) => runTinyCli(["run", "tiny/counting", "--out", out, ...more]);
    expect((await run()).stdout).not.toContain("taken from disk");
    expect((await run()).stdout).toContain("taken from disk: 6 of 6 runs");
    expect((await run("--seeds", "4")).stdout).toContain("taken from disk: 6 of 8 runs");
    expect((await run("--fresh")).stdout).not.toContain("taken from disk");
    expect((await run("--engine", "other")).stdout).not.toContain("taken from disk");
  });

  it("runs only the rows that --only names, beside those on disk", async () => {
    const out = await temporaryFolder();
    const run = async (...more: string[]) => {
      const { code, stderr } = await runTinyCli(["run", "tiny/counting", "--out", out, ...more]);
      return { code, stderr };
    };
    const rows = async () => (await readResult(join(out, "tiny/counting/quick.json"))).rows;
    expect((await run("--seeds", "1", "--only", "^fast on Num")).code).toBe(0);
    expect((await rows()).map(({ system }) => system)).toEqual(["fast"]);
    expect((await run("--only", "slow")).code).toBe(0);
    const [slow, fast] = await rows();
    expect([slow?.metrics.medianMs?.values, fast?.metrics.medianMs?.values]).toEqual([[10, 20, 30], [1]]);
    expect((await readResult(join(out, "tiny/counting/quick.json"))).provenance.complete).toBe(false);
    expect(await run("--only", "medium")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "tiny/counting: only must match one of slow on Numbers, fast on Numbers, got /medium/",
      ) as string,
    });
    expect((await run("--only", "(")).code).toBe(2);
  });

  it("leaves out the experiments without a row that --only names, and says when --data held nothing", async () => {
    const out = await temporaryFolder();
    const { code, stdout, stderr } = await runTinyCli(
      ["run", "all", "--only", "reader", "--data", out, "--out", out],
      { XDG_CACHE_HOME: out },
    );
    expect(code).toBe(0);
    expect(stdout).toContain("tiny/reading");
    expect(stdout).not.toContain("tiny/counting");
    expect(stderr).toContain(`--data: "${out}" holds none of the datasets that were asked for`);
  });

  it("keeps finished rows when interrupted, and goes on from there", async () => {
    const out = await temporaryFolder();
    const first = await runTinyProcess(
      ["run", "tiny/counting", "--out", out],
      // It would wait for longer than any test may take.
      { TINY_WAITING: "fast" },
      (stderr, kill) => {
        if (/slow on Numbers: /.test(stderr) && !/stopping/.test(stderr)) kill("SIGINT");
      },
    );
    expect(first.code).toBe(130);
    expect(first.stderr).toContain("finished rows are kept");
    const partial = await readResult(join(out, "tiny/counting/quick.json"));
    expect(partial.rows.map(({ system }) => system)).toEqual(["slow"]);
    expect(partial.provenance.complete).toBe(false);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("incomplete");

    const second = await runTinyCli(["run", "tiny/counting", "--out", out]);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain("taken from disk: 3 of 6 runs");
    const whole = await readResult(join(out, "tiny/counting/quick.json"));
    expect(whole.rows.map(({ system }) => system)).toEqual(["slow", "fast"]);
    expect(whole.provenance.complete).toBe(true);
  });

  it("shows a failed row in the table and the report, keeps the others, and exits with 1", async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await runTinyCli(["run", "all", "--out", out], { TINY_FAIL: "slow" });
    expect(code).toBe(1);
    expect(stdout).toContain("FAILED slow on Numbers: seed 1: out of numbers");
    const { rows } = await readResult(join(out, "tiny/counting/quick.json"));
    expect(rows.map(({ system, error }) => [system, error])).toEqual([
      ["slow", "seed 1: out of numbers"],
      ["fast", undefined],
    ]);
    expect(rows[1]?.metrics.nmi?.values).toEqual([0.1, 0.2, 0.3]);
    // Without its reference row, nothing can be said of the speedup.
    expect(rows[1]?.metrics.speedup).toBeUndefined();
    expect(existsSync(join(out, "tiny/reading/quick.json"))).toBe(true);
    const report = await readFile(join(out, "report.html"), "utf8");
    expect(report).toContain("out of numbers");
  });

  it("draws an experiment's pictures from its raw outputs, beside the results and into the report", async () => {
    const out = await temporaryFolder();
    await runTinyCli(["run", "tiny/counting", "--seeds", "2", "--out", out]);
    const svg = await readFile(join(out, "tiny/counting/quick.first-labels.svg"), "utf8");
    expect(svg).toContain("<title>slow 1: 1, slow 2: 2, fast 1: 1, fast 2: 2</title>");
    const { pictures } = JSON.parse(await readFile(join(out, "tiny/counting/quick.json"), "utf8"));
    expect(pictures).toEqual([{ title: "First labels", file: "quick.first-labels.svg" }]);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain(svg.trim());
  });

  it("keeps the table when a picture fails, says so and exits with 1", async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await runTinyProcess(["run", "tiny/counting", "--out", out], {
      TINY_PICTURES: "A,a",
    });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'FAILED pictures: tiny/counting: titles of pictures must be different, got "a" twice',
    );
    expect(JSON.parse(await readFile(join(out, "tiny/counting/quick.json"), "utf8")).rows).toHaveLength(2);
  });

  it("runs a row again whose raw output is damaged", async () => {
    const out = await temporaryFolder();
    await runTinyCli(["run", "tiny/counting", "--out", out]);
    await writeFile(join(out, "tiny/counting/raw/quick/numbers/fast/seed-2.json"), '{"schemaVersion":1');
    const { code, stdout } = await runTinyCli(["run", "tiny/counting", "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toContain("taken from disk: 5 of 6 runs");
  });

  it("runs a row again when the data is another", async () => {
    const out = await temporaryFolder();
    const data = await temporaryFolder();
    const nodes = join(data, "points/california-road-nodes.cnode");
    const run = async (place: string) => {
      await runTinyCli(["run", "tiny/reading", "--out", out, "--data", place]);
      const { data: sources, rows } = await readResult(join(out, "tiny/reading/quick.json"));
      return [sources[0]?.source, sources[0]?.sha256[0]?.slice(0, 8), rows[0]?.metrics.points?.mean];
    };
    expect(await run("none")).toEqual(["synthetic", undefined, 7]);
    await mkdir(join(data, "points"));
    await writeFile(nodes, "1");
    expect(await run(data)).toEqual(["real", "6b86b273", 21048]); // sha256("1")
    await writeFile(nodes, "2");
    expect(await run(data)).toEqual(["real", "d4735e3a", 21048]); // sha256("2")
  });

  it.each([
    [
      ["run", "tiny/nothing"],
      'experiment must be one of all, tiny/counting, tiny/reading, got "tiny/nothing"',
    ],
    [["run", "all", "--preset", "huge"], "Allowed choices are quick, standard, full"],
    [["run", "all", "--seeds", "0"], "must be a positive integer, got 0"],
    [["run", "all", "--data", "/no/such/folder"], '--data must be an existing folder, got "/no/such/folder"'],
    [
      ["run", "all", "--data", process.execPath],
      `--data must be an existing folder, got "${process.execPath}"`,
    ],
    [
      ["run", "all", "--only", "medium"],
      "only must match a row of tiny/counting, tiny/reading, got /medium/",
    ],
    [["run"], "missing required argument 'experiment'"],
    [["walk"], "unknown command 'walk'"],
    [["fetch", "atlantis"], "dataset must be one of encoders, geolife, "],
  ])("exits with 2 and says why: %j", async (args, message) => {
    const { code, stderr, stdout } = await runTinyCli(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });
});

describe("wayweave-bench report", () => {
  it("names a results file that breaks the contract, shows the others, and exits with 1", async () => {
    const out = await temporaryFolder();
    await runTinyCli(["run", "all", "--out", out, "--data", "none"]);
    const broken = join(out, "tiny/counting/quick.json");
    const result = JSON.parse(await readFile(broken, "utf8")) as { rows: { metrics: unknown }[] };
    result.rows[0]!.metrics = { nmi: { mean: 0.5, low: 0.6, high: 0.7, values: [0.5] } };
    await writeFile(broken, JSON.stringify(result));
    const { code, stdout, stderr } = await runTinyCli(["report", "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toContain("tiny/counting/quick.json: rows.0.metrics.nmi: low ≤ mean ≤ high must hold");
    expect(stdout).toContain("(1 tables)");
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("low ≤ mean ≤ high must hold");
  });
});

describe("wayweave-bench --help", () => {
  it.each([[["--help"]], [["run", "--help"]], [["fetch", "--help"]]])("shows examples: %j", async (args) => {
    const { code, stdout } = await runTinyCli(args);
    expect(code).toBe(0);
    expect(stdout).toContain("Examples:");
  });
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run-cli.js";

/** A Parquet file of two rows, id and route, as hyparquet-writer 0.17 writes it uncompressed. */
const PARQUET =
  "UEFSMRUGFRgVGFwVBBUAFQQVABUEFQAAAAMDAQAAAGEBAAAAYhUGFRgVGFwVBBUAFQQVABUEFQAAAAMDAQAAAHgBAAAAeRUEGTxIBHJvb3QVBAAVDCUCGAJpZCUAABUMJQIYBXJvdXRlJQAAFgQZHBksJggcFQwZFQAZGAJpZBUAFgQWQhZCJggAACZKHBUMGRUAGRgFcm91dGUVABYEFkIWQiZKAAAWhAEWBDaEAQAoCWh5cGFycXVldBksHAAAHAAAAH4AAABQQVIx";

let folder: string;
let at: (name: string) => string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "e2dtc-cli-advice-"));
  at = (name) => path.join(folder, name);
  await writeFile(at("out.csv"), "id,lon,lat,cluster\na,1,2,0\nb,1,2,1\nc,1,2,1\n");
});
afterAll(() => rm(folder, { recursive: true }));

describe("evaluate", () => {
  const scores = { trips: 3, uacc: 1, ari: 1 };

  it("takes a truth whose ids stand under another name", async () => {
    await writeFile(at("odd.csv"), "trip;Klasse\na;x\nb;y\nc;y\n");
    const command = [
      "evaluate",
      at("out.csv"),
      "--truth",
      at("odd.csv"),
      "--truth-labels",
      "Klasse",
      "--json",
    ];
    expect(JSON.parse((await run(...command, "--truth-id", "trip")).out)).toMatchObject(scores);
    await expect(run(...command)).rejects.toThrow(
      new ValueError(`--truth-id must name a column of ${at("odd.csv")}, which has trip, Klasse, got "id"`),
    );
    // One name for both is enough where both have it.
    await writeFile(at("both.csv"), "trip,cluster\na,5\nb,6\nc,6\n");
    const both = ["evaluate", at("both.csv"), ...command.slice(2), "--id", "trip"];
    expect(JSON.parse((await run(...both)).out)).toMatchObject(scores);
    await expect(
      run("evaluate", at("out.csv"), "--truth-labels", "lon", "--truth-id", "trip"),
    ).rejects.toThrow("--truth-id must go with --truth and a table (.csv, .tsv, .txt)");
  });

  it("names a record that has no cell for its label", async () => {
    await writeFile(at("short.csv"), "id,cluster,truth\na,1,1\nb\nc,2,2\n");
    await expect(run("evaluate", at("short.csv"), "--truth-labels", "truth")).rejects.toThrow(
      `${at("short.csv")}: record 2 must have an id and a label, got 1 of 3 cells`,
    );
  });

  it("refuses to compare a column with itself", async () => {
    await symlink(at("out.csv"), at("same.csv"));
    for (const truth of [[], ["--truth", at("out.csv")], ["--truth", at("same.csv")]]) {
      await expect(run("evaluate", at("out.csv"), ...truth, "--truth-labels", "cluster")).rejects.toThrow(
        new ValueError(
          "--truth-labels must be another column than --labels (cluster) of the same file, got cluster",
        ),
      );
    }
    await writeFile(at("other.csv"), "id,cluster\na,x\nb,y\nc,y\n");
    const other = ["--truth", at("other.csv"), "--truth-labels", "cluster", "--json"];
    expect(JSON.parse((await run("evaluate", at("out.csv"), ...other)).out)).toMatchObject(scores);
  });

  it("says what tables of ids and labels may be", async () => {
    // Tables by their content, whose names do not say so: they are read as trips, of which they have none.
    await writeFile(at("truth.data"), "id,route\na,x\nb,y\n");
    await writeFile(at("truth.parquet"), Buffer.from(PARQUET, "base64"));
    for (const truth of [at("truth.data"), at("truth.parquet")]) {
      const command = ["evaluate", at("out.csv"), "--truth", truth, "--truth-labels", "route"];
      await expect(run(...command)).rejects.toThrow(
        new ValueError(
          `${truth} must hold trips with their labels, got no positions; ids and labels alone are read from .csv, .tsv and .txt: save it as one`,
        ),
      );
      await expect(run(...command, "--lenient")).rejects.toThrow("; ids and labels alone are read from .csv");
    }
  });
});

describe("predict --row-order grouped", () => {
  it("wants one CSV file, and says so before it opens the model", async () => {
    await mkdir(at("folder"));
    for (const name of ["a.gpx", "a.zip", "a.parquet"]) await writeFile(at(name), "");
    for (const source of ["folder", "a.gpx", "a.zip", "a.parquet"]) {
      const command = ["predict", at(source), "--model", "none.onnx", "--out", at("x.csv")];
      await expect(run(...command, "--row-order", "grouped")).rejects.toThrow(
        `--row-order grouped must go with one CSV file (.csv, .tsv or .txt, also with .gz; another name with --format csv), got ${source === "folder" ? "the folder " : ""}${at(source)}`,
      );
    }
    const command = ["predict", at("out.csv"), "--model", "none.onnx", "--out", at("x.csv")];
    await expect(run(...command, "--row-order", "grouped")).rejects.toThrow("--model must be a file");
  });
});

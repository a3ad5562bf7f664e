import { execFileSync } from "node:child_process";
import { link, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPageName, makeFolderOf, prepareOutputs, writePage } from "../src/index.js";

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

describe.skipIf(process.platform === "win32")("what is no regular file", () => {
  it("is refused, and stays what it is", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await symlink(pipe, join(folder, "to-pipe"));
    for (const [file, kind] of [
      [pipe, "pipe"],
      [join(folder, "to-pipe"), "pipe"],
      ["/dev/null", "device"],
    ] as const) {
      await expect(prepareOutputs({ "--skip-report": file })).rejects.toThrow(
        new ValueError(
          `--skip-report must be a regular file, got the ${kind} ${file}, which would be replaced`,
        ),
      );
    }
    await expect(prepareOutputs({}, {}, { "--out": pipe })).rejects.toThrow(
      new ValueError(`--out must be a folder, got the pipe ${pipe}, which would be replaced`),
    );
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  it("is refused as standard output too, whatever that is", async () => {
    await symlink("/dev/stdout", join(folder, "out.csv"));
    for (const file of ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", join(folder, "out.csv")]) {
      await expect(prepareOutputs({ "--out": file })).rejects.toThrow(
        new ValueError(
          `--out must be a regular file, since it appears whole or not at all, got ${file}; write a file and print it`,
        ),
      );
    }
  });
});

describe("an output that is a link", () => {
  it("is written where it leads, so that the link stays", async () => {
    await mkdir(join(folder, "real"));
    await symlink("real", join(folder, "deep"));
    await symlink("../chain.html", join(folder, "deep/page.html"));
    // From where the link really lies: real/../chain.html
    await symlink("real/there/page.html", join(folder, "chain.html"));
    const out = join(folder, "deep/page.html");
    for (const page of ["first", "second"]) {
      await prepareOutputs({ "--html": out });
      await writePage(out, page);
      expect(await readFile(join(folder, "real/there/page.html"), "utf8")).toBe(page);
    }
    expect(await readlink(out)).toBe("../chain.html");
    expect(await makeFolderOf(join(folder, "plain"))).toBe(join(folder, "plain"));
  });

  it("is what it leads to, be that there or not", async () => {
    const target = join(folder, "target.csv");
    await symlink(target, join(folder, "link.csv"));
    const outputs = { "--out": join(folder, "link.csv"), "--skip-report": target };
    const same = "--skip-report must be another file than --out";
    await expect(prepareOutputs(outputs)).rejects.toThrow(same);
    await writeFile(target, "");
    await expect(prepareOutputs(outputs)).rejects.toThrow(same);
    const tracks = join(folder, "tracks");
    await mkdir(tracks);
    await symlink(join(tracks, "new.csv"), join(folder, "into.csv"));
    await expect(
      prepareOutputs({ "--out": join(folder, "into.csv") }, { "the tracks": tracks }),
    ).rejects.toThrow(`--out must lie outside of ${tracks}`);
    await symlink(join(target, "a.csv"), join(folder, "nowhere.csv"));
    await expect(prepareOutputs({ "--out": join(folder, "nowhere.csv") })).rejects.toThrow(
      "--out must be in a folder that can be written",
    );
    await symlink("b", join(folder, "a"));
    await symlink("a", join(folder, "b"));
    await expect(prepareOutputs({ "--out": join(folder, "a") })).rejects.toThrow(
      new ValueError(`${join(folder, "a")} must be a file, got a link that leads to itself`),
    );
  });
});

describe("prepareOutputs beside a folder that is read", () => {
  let few: string;
  let original: string;
  beforeEach(async () => {
    few = join(folder, "few");
    original = join(few, "deep/1.gpx");
    await mkdir(join(few, "deep"), { recursive: true });
    await writeFile(original, "");
  });
  const check = (out: string, option = "--out") => prepareOutputs({ [option]: out }, { "the trips": few });
  const THERE = "it is there already, and would be replaced";
  const NEXT = "what is written into a folder that is read, the next run reads too";

  it("refuses what is in it, and what the next run would read, by every option", async () => {
    for (const option of ["--out", "--model", "--map", "--html", "--skip-report"]) {
      const start = `${option} must lie outside of ${few}, the folder of the trips, got `;
      await expect(check(original, option)).rejects.toThrow(new ValueError(`${start}${original}: ${THERE}`));
      const later = join(few, "not/there/yet.csv");
      await expect(check(later, option)).rejects.toThrow(new ValueError(`${start}${later}: ${NEXT}`));
    }
    await expect(prepareOutputs({ "--skip-report": original }, { "--truth": few })).rejects.toThrow(
      `must lie outside of ${few}, which --truth reads, got`,
    );
    await check(join(folder, "few.csv"));
    await check(join(folder, "few-more/a.csv"));
  });

  it("takes pages and models in it: nothing reads them as trips", async () => {
    const page = join(few, "map.HTML");
    await prepareOutputs({ "--map": page, "--model": join(few, "m.onnx") }, { "the trips": few });
    await writeFile(page, "");
    await prepareOutputs({ "--map": page }, { "the trips": few });
  });

  it("refuses folders in it, and the folder itself", async () => {
    for (const out of [join(few, "run"), few]) {
      await expect(prepareOutputs({}, { "the trips": few }, { "--checkpoint": out })).rejects.toThrow(
        `--checkpoint must lie outside of ${few}`,
      );
    }
    await expect(prepareOutputs({}, {}, { "--checkpoint": original })).rejects.toThrow(
      new ValueError(`--checkpoint must be a folder, got the file ${original}`),
    );
    await prepareOutputs({}, { "the trips": few }, { "--checkpoint": folder });
  });

  it("compares places, whatever links lead there", async () => {
    await symlink(few, join(folder, "also"));
    await symlink(join(few, "deep"), join(folder, "deep"));
    await symlink(original, join(folder, "one.gpx"));
    for (const out of ["also/deep/1.gpx", "deep/1.gpx", "one.gpx"]) {
      await expect(check(join(folder, out))).rejects.toThrow(THERE);
    }
    await expect(check(join(folder, "also/new.csv"))).rejects.toThrow(NEXT);
    // The system goes up from where the link leads.
    await expect(check(`${folder}/deep/../new.csv`)).rejects.toThrow(NEXT);
    await expect(check(`${folder}/there/../few/new.csv`)).rejects.toThrow(NEXT);
    await expect(
      prepareOutputs({ "--out": original }, { "the trips": join(folder, "also") }),
    ).rejects.toThrow(THERE);
  });

  it("refuses what links lead to that are read, and other names of a file that is read", async () => {
    const elsewhere = join(folder, "elsewhere.gpx");
    await writeFile(elsewhere, "");
    await check(elsewhere);
    await symlink(elsewhere, join(few, "linked.gpx"));
    await expect(check(elsewhere)).rejects.toThrow(
      "a link in that folder leads to it, and it would be replaced",
    );
    await link(original, join(folder, "hard.gpx"));
    await expect(
      prepareOutputs({ "--out": join(folder, "hard.gpx") }, { "the trips": original }),
    ).rejects.toThrow("--out must be another file than the trips");
    await symlink(join(folder, "nowhere"), join(few, "broken.gpx"));
    await check(join(folder, "a.csv"));
  });
});

it("checkPageName refuses to put a page where something else is", () => {
  checkPageName("--html", "found.HTML");
  checkPageName("--html", undefined);
  expect(() => checkPageName("--html", "own.png")).toThrow("--html must end in .html, got own.png");
});

import type { EventEmitter } from "node:events";
import { FormatError, ValueError } from "@wayweave/geo-core";
import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseColumns } from "../src/columns.js";
import {
  addReadingOptions,
  escapeHtml,
  givenReadingOptions,
  parseChoice,
  parseCount,
  progressView,
  readingOptions,
  refuseIdle,
  runProgram,
  stoppable,
  withAdvice,
} from "../src/index.js";
import { durationText } from "../src/progress.js";
import { inTermsOf } from "../src/run-program.js";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a program whose one command does `work`; what it says on stderr, and its exit code. */
async function outcomeOf(
  work: (signal: AbortSignal) => Promise<void>,
): Promise<{ said: string; code: unknown }> {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process, "argv", "get").mockReturnValue(["node", "program", "run"]);
  const program = new Command("program");
  program
    .command("run")
    .option("--k <number>")
    .action(() => stoppable(work));
  await runProgram(program, { "tokens.maxTokens": "--max-tokens" });
  return { said: write.mock.calls.map(([text]) => String(text)).join(""), code: process.exitCode };
}

describe("runProgram", () => {
  it("tells a known error in a line, in the command's terms", async () => {
    const fail = async () => {
      throw new ValueError("fitE2DTC: tokens.maxTokens must be a positive integer, got 0");
    };
    expect(await outcomeOf(fail)).toEqual({
      said: "error: --max-tokens must be a positive integer, got 0\n",
      code: 1,
    });
  });

  it("tells what the system refuses in a line, and keeps the stack of what nobody expected", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    expect((await outcomeOf(() => Promise.reject(full))).said).toBe(`error: ${full.message}\n`);
    vi.restoreAllMocks();
    expect((await outcomeOf(() => Promise.reject(new TypeError("x is no function")))).said).toContain(
      "\n    at ",
    );
  });

  it("ends with 130 after Ctrl-C, whatever the work fails with then", async () => {
    const stopped = await outcomeOf(async (signal) => {
      setImmediate(() => (process as EventEmitter).emit("SIGINT"));
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw new Error("half-way");
    });
    expect(stopped).toEqual({ said: "stopped by SIGINT\n", code: 130 });
    expect(process.listenerCount("SIGINT")).toBe(0);
  });
});

describe("inTermsOf", () => {
  it("replaces what the command has an option for, and nothing else", () => {
    const command = addReadingOptions(new Command()).option("--k <number>");
    const names = { sampleSize: "--sample" };
    expect(
      inTermsOf("clusterTrips: k must be at most the trips and sampleSize, 5, got 9", command, names),
    ).toBe("--k must be at most the trips and --sample, 5, got 9");
    expect(inTermsOf("a.csv:3: x (the option timeUnit says which)", command, names)).toBe(
      "a.csv:3: x (--time-unit says which)",
    );
    expect(inTermsOf("a.csv: times must ascend", command, {})).toBe("a.csv: times must ascend");
  });
});

describe("progressView off a terminal", () => {
  it("writes a line at the start of a title, then one every ten seconds with the time left", () => {
    const lines: string[] = [];
    let now = 0;
    const stream = {
      isTTY: false,
      write: (text: string) => lines.push(text),
    } as unknown as NodeJS.WriteStream;
    const view = progressView(stream, () => now);
    view.update("labelling", 0, 100);
    for (const done of [10, 20, 30]) {
      now += 5000;
      view.update("labelling", done, 100, "loss 0.5");
    }
    // 20 of 100 in 10 s: 80 left at 2 a second.
    expect(lines).toEqual(["labelling: 0 %\n", "labelling: 20 %, loss 0.5, 40 s left\n"]);
    expect([durationText(125_000), durationText(7_260_000)]).toEqual(["2 min 5 s", "2 h 1 min"]);
  });
});

describe("options", () => {
  it("reads columns by order and by role", () => {
    const wanted = { layout: "points", id: "trip", x: "x", y: "y", time: "when" };
    expect(parseColumns("trip,x,y,when")).toEqual(wanted);
    expect(parseColumns("lon=x,lat=y,id=trip,time=when")).toEqual(wanted);
    expect(parseColumns("x=x,y=y")).toEqual({ layout: "points", x: "x", y: "y" });
    for (const text of ["id", "id,lon", "lon=a,lot=b", "a,b,c,d,e,f", "lon=,lat=b"]) {
      expect(() => parseColumns(text)).toThrow("--columns must be id,lon,lat");
    }
  });

  it("are readTrajectories' own, without the command's others", () => {
    const flags = { lenient: true, timeUnit: "seconds", k: 3, out: "x" } as const;
    expect(readingOptions(flags)).toEqual({ lenient: true, timeUnit: "seconds", coordinateSystem: "lonlat" });
  });

  it("are named as they were given", () => {
    const flags = { lenient: true, timeRange: [0, 1], skipReport: "x.json", out: "x" } as const;
    expect(givenReadingOptions(flags)).toEqual(["--lenient", "--skip-report", "--time-range"]);
    expect(givenReadingOptions({})).toEqual([]);
  });

  it.each([
    ["--times ignore --order sort", "--order must be left out with --times ignore, which reads no times"],
    ["--planar --crs EPSG:3857", "--crs must be left out with --planar, which takes positions as they are"],
    ["--planar --longitudes 360", "--longitudes must be left out with --planar"],
    ["--format csv --segments join", "--segments must go with GPX, got --format csv"],
    ["--format gpx --columns id,lon,lat", "--columns must go with tables (csv, parquet), got --format gpx"],
    ["--format kml --time-zone UTC", "--time-zone must be left out with --format kml, whose positions are"],
  ])("that would have no effect are errors: %s", async (words, message) => {
    await expect(readingCommand().parseAsync(words.split(" "), { from: "user" })).rejects.toThrow(message);
  });

  it("that act together are none", async () => {
    for (const words of [
      "--format csv --columns id,lon,lat --crs EPSG:3857 --times drop --order sort --lenient",
      "--format gpx --times ignore --longitudes 360",
      "--columns id,lon,lat --planar --time-zone UTC",
    ]) {
      await readingCommand().parseAsync(words.split(" "), { from: "user" });
    }
  });

  it("are numbers or a word", () => {
    expect(parseCount("--k")("12")).toBe(12);
    expect(parseChoice("--k", "auto")("auto")).toBe("auto");
    expect(() => parseCount("--k")("1.5")).toThrow("--k must be a positive integer, got 1.5");
    expect(() => parseChoice("--k", "auto")("three")).toThrow(
      '--k must be a positive integer or auto, got "three"',
    );
  });
});

function readingCommand(): Command {
  return addReadingOptions(new Command("read").action(() => {}).exitOverride());
}

describe("refuseIdle", () => {
  const command = (isUsed: boolean) =>
    refuseIdle<{ readonly a: string }>(
      new Command("run")
        .argument("[file]")
        .option("--a <text>", "", "by default")
        .option("--b-c")
        .action(() => {}),
      [
        {
          options: ["--b-c", "--a"],
          fault: ({ a }, [file]) => (isUsed ? undefined : `is idle: ${a}, ${file}`),
        },
      ],
    );

  it("looks at what was given, not at defaults, and names the option", async () => {
    await command(false).parseAsync(["x"], { from: "user" });
    await expect(command(false).parseAsync(["x", "--a", "1"], { from: "user" })).rejects.toThrow(
      new ValueError("--a is idle: 1, x"),
    );
    await expect(command(false).parseAsync(["x", "--b-c"], { from: "user" })).rejects.toThrow(
      new ValueError("--b-c is idle: by default, x"),
    );
    await command(true).parseAsync(["x", "--b-c", "--a", "1"], { from: "user" });
  });

  it("knows the command's options", () => {
    const rules = [{ options: ["--d"], fault: () => undefined }];
    expect(() => refuseIdle(new Command("run"), rules)).toThrow("run has no option --d");
  });
});

it("withAdvice names the encoding of what is no UTF-8", () => {
  const error = new FormatError('the header must name longitude and latitude, got "id,l\ufffdnge"', {
    file: "a.csv",
    line: 1,
  });
  expect(withAdvice(error, {})).toEqual(
    new FormatError(
      'a.csv:1: the header must name longitude and latitude, got "id,l\ufffdnge"; \ufffd stands for bytes that are no UTF-8, as in a file of Latin-1 or Windows-1252: save it as UTF-8; --lenient leaves out what is broken',
    ),
  );
});

it("escapeHtml leaves no way out of an element or attribute", () => {
  expect(escapeHtml(`</script><b a="x" b='y'>&\u0000`)).toBe(
    "&lt;/script&gt;&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\ufffd",
  );
});

import cliProgress from "cli-progress";
import { formatSeconds } from "../results/format.js";
import type { RunProgress } from "./run-experiment.js";

/** Shows a run's progress. */
export interface ProgressView {
  update(progress: RunProgress): void;
  /** A line of its own. */
  note(text: string): void;
  stop(): void;
}

/**
 * On a terminal a bar with the time that is left, elsewhere a line for every finished row, and one every ten seconds in between; both on standard error, so
 * that standard output holds only results.
 */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? new BarView(stream) : new LineView(stream);
}

/** A pace is told once so much of an experiment has been done at it, as a share of all… */
const SOUND_SHARE = 0.05;
/** … and for so long. */
const SOUND_MS = 1000;

/**
 * How long an experiment will still take, at the pace of what this run did itself.
 *
 * The clock starts with the first thing done, since data are loaded and models opened before it. Nothing is told before
 * a twentieth of the experiment has been done from there on: a row's first steps say little about the others.
 */
export class TimeLeft {
  #first: { readonly fresh: number; readonly ms: number } | undefined;

  /** Seconds, or undefined where there is no sound estimate yet. `nowMs` never falls. */
  after({ done, total, fresh }: RunProgress, nowMs: number): number | undefined {
    if (!(fresh > 0)) return undefined;
    this.#first ??= { fresh, ms: nowMs };
    const since = fresh - this.#first.fresh;
    const elapsedMs = nowMs - this.#first.ms;
    if (since < SOUND_SHARE * total || elapsedMs < SOUND_MS) return undefined;
    return (((total - done) / since) * elapsedMs) / 1000;
  }
}

/** Between two lines while nothing is finished. */
const LINE_INTERVAL_MS = 10_000;

class LineView implements ProgressView {
  readonly #stream: NodeJS.WriteStream;
  #experiment: string | undefined;
  #left = new TimeLeft();
  #lastLineMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update(progress: RunProgress): void {
    const { experiment, row, done, total, finished } = progress;
    const now = performance.now();
    if (this.#experiment !== experiment) {
      this.#experiment = experiment;
      this.#left = new TimeLeft();
      this.#lastLineMs = now;
    }
    const left = this.#left.after(progress, now);
    if (finished === undefined && now - this.#lastLineMs < LINE_INTERVAL_MS) return;
    this.#lastLineMs = now;
    const percent = Math.floor((100 * done) / total);
    this.#stream.write(
      `${experiment} ${percent} % · ${row.system} on ${row.dataset}${finished === undefined ? paceOf(left) : outcomeOf(finished)}\n`,
    );
  }

  note(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  stop(): void {}
}

function paceOf(left: number | undefined): string {
  return left === undefined ? "" : ` · ${formatSeconds(Math.round(left))} left`;
}

function outcomeOf({ seconds, reused, error }: NonNullable<RunProgress["finished"]>): string {
  if (error !== undefined) return `: failed: ${error}`;
  return reused ? ": on disk already" : `: ${formatSeconds(seconds)}`;
}

class BarView implements ProgressView {
  readonly #bar: cliProgress.SingleBar;
  readonly #stream: NodeJS.WriteStream;
  #experiment: string | undefined;
  #left = new TimeLeft();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#bar = new cliProgress.SingleBar(
      {
        format: "{experiment} {bar} {percentage} % · {row} · {left}",
        stream,
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        gracefulExit: false,
        barsize: 24,
      },
      cliProgress.Presets.shades_classic,
    );
  }

  update(progress: RunProgress): void {
    const { experiment, row, done, total, finished } = progress;
    if (this.#experiment !== experiment) {
      this.stop();
      this.#experiment = experiment;
      this.#left = new TimeLeft();
    }
    if (!this.#bar.isActive) this.#bar.start(1000, 0, { experiment, row: "", left: "" });
    const left = this.#left.after(progress, performance.now());
    this.#bar.update(Math.round((1000 * done) / total), {
      row: `${row.system} on ${row.dataset}, seed ${row.seed}`,
      left: left === undefined ? "…" : `${formatSeconds(Math.round(left))} left`,
    });
    if (finished?.error !== undefined) {
      this.stop();
      this.#stream.write(`${experiment} · ${row.system} on ${row.dataset}: failed: ${finished.error}\n`);
    }
  }

  note(text: string): void {
    // The next update begins another bar.
    this.stop();
    this.#stream.write(`${text}\n`);
  }

  stop(): void {
    if (this.#bar.isActive) this.#bar.stop();
  }
}

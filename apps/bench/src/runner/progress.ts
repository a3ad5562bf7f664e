import cliProgress from "cli-progress";
import { formatSeconds } from "../results/format.js";
import type { RunProgress } from "./run-experiment.js";

/** Shows a run's progress. */
export interface ProgressView {
  update(progress: RunProgress): void;
  stop(): void;
}

/**
 * On a terminal a bar with the time that is left, elsewhere a line for every finished row, and one every ten seconds in between; both on standard error, so
 * that standard output holds only results.
 */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? new BarView(stream) : new LineView(stream);
}

/** What is left at the pace of the rows that this run did itself; undefined before there is a pace. */
export function secondsLeft({ done, total, fresh }: RunProgress, elapsedSeconds: number): number | undefined {
  if (!(fresh > 0) || elapsedSeconds < 0.5) return undefined;
  return ((total - done) / fresh) * elapsedSeconds;
}

/** Between two lines while nothing is finished. */
const LINE_INTERVAL_MS = 10_000;

class LineView implements ProgressView {
  readonly #stream: NodeJS.WriteStream;
  #experiment: string | undefined;
  #startMs = 0;
  #lastLineMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update(progress: RunProgress): void {
    const { experiment, row, done, total, finished } = progress;
    const now = performance.now();
    if (this.#experiment !== experiment) {
      this.#experiment = experiment;
      this.#startMs = now;
      this.#lastLineMs = now;
    }
    if (finished === undefined && now - this.#lastLineMs < LINE_INTERVAL_MS) return;
    this.#lastLineMs = now;
    const percent = Math.floor((100 * done) / total);
    this.#stream.write(
      `${experiment} ${percent} % · ${row.system} on ${row.dataset}${finished === undefined ? this.#pace(progress, now) : outcomeOf(finished)}\n`,
    );
  }

  #pace(progress: RunProgress, now: number): string {
    const left = secondsLeft(progress, (now - this.#startMs) / 1000);
    return left === undefined ? "" : ` · ${formatSeconds(Math.round(left))} left`;
  }

  stop(): void {}
}

function outcomeOf({ seconds, reused, error }: NonNullable<RunProgress["finished"]>): string {
  if (error !== undefined) return `: failed: ${error}`;
  return reused ? ": on disk already" : `: ${formatSeconds(seconds)}`;
}

class BarView implements ProgressView {
  readonly #bar: cliProgress.SingleBar;
  readonly #stream: NodeJS.WriteStream;
  #experiment: string | undefined;
  #startMs = 0;

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
      this.#startMs = performance.now();
    }
    if (!this.#bar.isActive) this.#bar.start(1000, 0, { experiment, row: "", left: "" });
    const left = secondsLeft(progress, (performance.now() - this.#startMs) / 1000);
    this.#bar.update(Math.round((1000 * done) / total), {
      row: `${row.system} on ${row.dataset}, seed ${row.seed}`,
      left: left === undefined ? "…" : `${formatSeconds(Math.round(left))} left`,
    });
    if (finished?.error !== undefined) {
      this.stop();
      this.#stream.write(`${experiment} · ${row.system} on ${row.dataset}: failed: ${finished.error}\n`);
    }
  }

  stop(): void {
    if (this.#bar.isActive) this.#bar.stop();
  }
}

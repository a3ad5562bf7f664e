import cliProgress from "cli-progress";
import { formatSeconds } from "../results/format.js";
import type { RunProgress } from "./run-experiment.js";

/** Shows a run's progress. */
export interface ProgressView {
  update(progress: RunProgress): void;
  stop(): void;
}

/**
 * On a terminal a bar with the time that is left, elsewhere a line for every finished row; both on standard error, so
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

class LineView implements ProgressView {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update({ experiment, row, done, total, finished }: RunProgress): void {
    if (finished === undefined) return;
    const { seconds, reused, error } = finished;
    const outcome =
      error !== undefined ? `failed: ${error}` : reused ? "on disk already" : formatSeconds(seconds);
    const percent = Math.floor((100 * done) / total);
    this.#stream.write(`${experiment} ${percent} % · ${row.system} on ${row.dataset}: ${outcome}\n`);
  }

  stop(): void {}
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

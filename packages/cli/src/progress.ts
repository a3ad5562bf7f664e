import cliProgress from "cli-progress";

/** Shows how far long work is. */
export interface ProgressView {
  /** @param note what else is worth telling, such as a loss */
  update(title: string, done: number, total: number, note?: string): void;
  /** Takes a bar away; a later update shows one again. */
  stop(): void;
}

/** Milliseconds between two lines of one title, where there is no terminal. */
const LINE_INTERVAL_MS = 10_000;

/** A bar with the time left on a terminal; elsewhere plain lines, one at the start of each title and then one every ten seconds. */
export function progressView(
  stream: NodeJS.WriteStream,
  now: () => number = () => performance.now(),
): ProgressView {
  return stream.isTTY ? barView(stream) : lineView(stream, now);
}

function lineView(stream: NodeJS.WriteStream, now: () => number): ProgressView {
  let shown: string | undefined;
  let started = 0;
  let startedAt = 0;
  let last = 0;
  return {
    update(title, done, total, note = "") {
      const time = now();
      if (title !== shown) [shown, started, startedAt] = [title, time, done];
      else if (time - last < LINE_INTERVAL_MS) return;
      last = time;
      const share = total > 0 ? Math.floor((100 * done) / total) : 100;
      const rate = (done - startedAt) / (time - started);
      const left = rate > 0 ? `, ${durationText((total - done) / rate)} left` : "";
      stream.write(`${title}: ${share} %${note === "" ? "" : `, ${note}`}${left}\n`);
    },
    stop: () => {},
  };
}

/** @example durationText(125_000) // "2 min 5 s" */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function barView(stream: NodeJS.WriteStream): ProgressView {
  const bar = new cliProgress.SingleBar({
    format: "{title} {bar} {percentage} %{note} · {eta_formatted} left",
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 24,
  });
  let shown: string | undefined;
  return {
    update(title, done, total, note = "") {
      const payload = { title, note: note === "" ? "" : ` · ${note}` };
      if (shown !== title) {
        bar.stop();
        bar.start(total, done, payload);
        shown = title;
      }
      bar.setTotal(total);
      bar.update(done, payload);
    },
    stop() {
      bar.stop();
      shown = undefined;
    },
  };
}

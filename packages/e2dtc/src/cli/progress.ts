import cliProgress from "cli-progress";

/** What any long work tells. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly loss?: number | null;
}

/** Shows how far a fit is: a bar with the time left on a terminal, plain lines elsewhere. */
export interface FitView {
  update(progress: Progress): void;
  stop(): void;
}

const titles: Readonly<Record<string, string>> = {
  vocabulary: "cutting space into cells",
  skipGram: "learning cells",
  pretrain: "learning routes",
  start: "finding a start",
  selfTrain: "forming clusters",
  predict: "labelling",
  distances: "comparing trips",
  candidates: "trying clusterings",
  spread: "labelling the others",
  k: "looking for the number of clusters",
};

/** Milliseconds between two lines of one phase, where there is no terminal. */
const LINE_INTERVAL_MS = 10_000;

export function fitView(stream: NodeJS.WriteStream): FitView {
  return stream.isTTY ? barView(stream) : lineView(stream);
}

function lineView(stream: NodeJS.WriteStream): FitView {
  let phase: string | undefined;
  let last = 0;
  return {
    update({ phase: next, done, total, loss = null }) {
      const now = performance.now();
      if (next === phase && now - last < LINE_INTERVAL_MS) return;
      [phase, last] = [next, now];
      const share = total > 0 ? Math.floor((100 * done) / total) : 100;
      stream.write(
        `${titles[next] ?? next}: ${share} %${loss === null ? "" : `, loss ${loss.toFixed(3)}`}\n`,
      );
    },
    stop: () => {},
  };
}

function barView(stream: NodeJS.WriteStream): FitView {
  const bar = new cliProgress.SingleBar({
    format: "{title} {bar} {percentage} % · loss {loss} · {eta_formatted} left",
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 24,
  });
  let phase: string | undefined;
  return {
    update({ phase: next, done, total, loss = null }) {
      if (phase !== next) {
        bar.stop();
        bar.start(total, 0, { title: titles[next] ?? next, loss: "–" });
        phase = next;
      }
      bar.setTotal(total);
      bar.update(done, { title: titles[next] ?? next, loss: loss === null ? "–" : loss.toFixed(3) });
    },
    stop: () => bar.stop(),
  };
}

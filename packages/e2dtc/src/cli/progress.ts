import cliProgress from "cli-progress";
import type { FitProgress } from "../training/fit.js";

/** Shows how far a fit is: a bar with the time left on a terminal, nothing elsewhere. */
export interface FitView {
  update(progress: FitProgress): void;
  stop(): void;
}

const titles = { pretrain: "learning routes", selfTrain: "forming clusters" } as const;

export function fitView(stream: NodeJS.WriteStream): FitView {
  if (!stream.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    format: "{title} {bar} {percentage} % · loss {loss} · {eta_formatted} left",
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 24,
  });
  let phase: FitProgress["phase"] | undefined;
  return {
    update({ phase: next, epoch, epochs, done, total, loss }) {
      if (phase !== next) {
        bar.stop();
        bar.start(epochs * total, 0, { title: titles[next], loss: "–" });
        phase = next;
      }
      bar.update(epoch * total + done, { title: titles[next], loss: loss.toFixed(3) });
    },
    stop: () => bar.stop(),
  };
}

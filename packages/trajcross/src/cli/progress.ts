import cliProgress from "cli-progress";

/** Shows how far work is: a bar with the time left on a terminal, nothing elsewhere. */
export interface ProgressView {
  update(title: string, done: number, total: number): void;
  stop(): void;
}

export function progressView(stream: NodeJS.WriteStream): ProgressView {
  if (!stream.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    format: "{title} {bar} {percentage} % · {eta_formatted} left",
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    barsize: 24,
  });
  let shown: string | undefined;
  return {
    update(title, done, total) {
      if (shown !== title) {
        bar.stop();
        bar.start(total, done, { title });
        shown = title;
      }
      bar.setTotal(total);
      bar.update(done, { title });
    },
    stop: () => bar.stop(),
  };
}

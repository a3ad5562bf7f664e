/** Shows how far work is: one line that is rewritten on a terminal, a line each tenth elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #title: string;
  #tenth = 0;

  constructor(title: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#title = title;
    this.#stream = stream;
  }

  update({ done, total }: { readonly done: number; readonly total: number | undefined }): void {
    const text = total === undefined ? `${this.#title}: ${done}` : `${this.#title}: ${done} of ${total}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r${text}`);
      return;
    }
    const tenth = total === undefined ? Math.floor(done / 1000) : Math.floor((10 * done) / total);
    if (tenth > this.#tenth) {
      this.#tenth = tenth;
      this.#stream.write(`${text}\n`);
    }
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\n");
  }
}

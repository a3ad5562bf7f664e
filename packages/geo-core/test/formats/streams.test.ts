import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readTrajectories, streamTrajectories } from "../../src/index.js";
import * as node from "../../src/node/index.js";

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${(from + i) >> 3},${((from + i) % 360) / 10},1\n`).join("");
const COUNT = 8000;
const text = `id,lon,lat\n${rows(0, COUNT)}`;
const bytes = new TextEncoder().encode(text);

async function* chunks(size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const web = (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await iterator.return?.(undefined);
    },
  });
};

describe("streams of bytes", () => {
  it.each([
    ["a web stream", () => web(chunks(1000))],
    [
      "a web stream that cannot be iterated",
      () => ({ getReader: () => web(chunks(1000)).getReader() }) as never,
    ],
    ["an async iterable of large chunks", () => chunks(1 << 20)],
    ["one of single bytes at first", () => chunks(777)],
    ["a stream of Node", () => Readable.from(chunks(5000), { objectMode: false })],
    [
      "a gzipped one",
      () => web(chunks(3000)).pipeThrough<Uint8Array>(new CompressionStream("gzip") as never),
    ],
  ] as const)("%s is read as bytes are", async (_, make) => {
    const whole = await readTrajectories(bytes);
    const { set, report } = await readTrajectories(make());
    expect([set.length, set.pointCount, report.formats]).toEqual([COUNT / 8, COUNT, { csv: 1 }]);
    expect(set.coordinates).toEqual(whole.set.coordinates);
    expect((await readTrajectories([{ name: "t.csv", data: make() }])).set.ids).toEqual(set.ids);
    expect((await node.readTrajectories(make())).set.pointCount).toBe(COUNT);
  });

  it("come in batches before they have ended, and are closed when one leaves", async () => {
    let produced = 0;
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      try {
        yield new TextEncoder().encode("id,lon,lat\n");
        while (produced < 4_000_000) {
          yield new TextEncoder().encode(rows(produced, produced + 8000));
          produced += 8000;
        }
      } finally {
        isClosed = true;
      }
    }
    const stream = streamTrajectories([{ name: "a.csv", data: web(endless()) }], {
      batchPoints: 4000,
      rowOrder: "grouped",
    });
    let batches = 0;
    for await (const { trajectories } of stream) {
      expect(trajectories.pointCount).toBeGreaterThanOrEqual(4000);
      if (++batches === 5) break;
    }
    expect(stream.report.kept).toBeLessThanOrEqual(produced);
    expect(produced).toBeLessThan(2_000_000);
    expect(isClosed).toBe(true);
  });

  it("report what is wrong, and options that make no sense, at the iteration", async () => {
    const all = async (data: never, options = {}) => {
      for await (const _ of streamTrajectories(data, options));
    };
    await expect(all([{ name: "a.csv", data: chunks(100) }] as never, { colums: {} })).rejects.toThrow(
      'streamTrajectories: unknown option "colums"; did you mean "columns"?',
    );
    await expect(all(5 as never)).rejects.toThrow("streamTrajectories: data must be bytes");
    const odd = (async function* () {
      yield { a: 1 };
    })();
    await expect(readTrajectories(odd as never)).rejects.toThrow(
      "readTrajectories: a stream's chunks must be bytes, got object",
    );
    const failing = (async function* (): AsyncGenerator<Uint8Array, void> {
      yield bytes.subarray(0, 100);
      throw new Error("network");
    })();
    await expect(readTrajectories(failing)).rejects.toThrow("network");
  });

  it("hand over the platform's text chunks too", async () => {
    const texts = Readable.from(["id,lon,lat\n", "a,1,2\n"]);
    expect([...(await readTrajectories(texts)).set.coordinates]).toEqual([1, 2]);
  });
});

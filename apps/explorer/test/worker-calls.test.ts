import { describe, expect, it } from "vitest";
import { type Channel, type Job, moving, serve, WorkerCalls } from "../src/foundation/worker-calls.js";

/** A page's and a worker's end of one channel. */
function channels(): [page: Channel, worker: Channel] {
  const { port1, port2 } = new MessageChannel();
  const end = (port: MessagePort): Channel => {
    port.start();
    return port as unknown as Channel;
  };
  return [end(port1), end(port2)];
}

const api = {
  double: async (input: { readonly n: number }) => ({ value: 2 * input.n }),
  fail: async (_: undefined) => {
    throw new RangeError("clusterTrips: k must be at most 3, got 9");
  },
  wait: (_: undefined, { signal, onProgress }: Job) =>
    new Promise<never>((_, reject) => {
      onProgress({ phase: "waiting", done: 1, total: 1 });
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
  give: async (_: undefined) => {
    const bytes = new Uint8Array([1, 2, 3]);
    return moving({ bytes }, [bytes.buffer]);
  },
};

function connected(): WorkerCalls<typeof api> {
  const [page, worker] = channels();
  serve(worker, api);
  return new WorkerCalls<typeof api>(page);
}

describe("calls of a worker", () => {
  it("brings results, each to its own call", async () => {
    const calls = connected();
    const answers = await Promise.all([calls.call("double", { n: 4 }), calls.call("double", { n: 5 })]);
    expect(answers).toEqual([{ value: 8 }, { value: 10 }]);
    expect(await calls.call("give", undefined)).toEqual({ bytes: new Uint8Array([1, 2, 3]) });
  });

  it("brings errors with name and message", async () => {
    await expect(connected().call("fail", undefined)).rejects.toMatchObject({
      name: "RangeError",
      message: "clusterTrips: k must be at most 3, got 9",
    });
  });

  it("tells progress, and stops at the signal", async () => {
    const controller = new AbortController();
    const told: number[] = [];
    const call = connected().call("wait", undefined, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        told.push(done);
        controller.abort();
      },
    });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(told).toEqual([1]);
  });
});

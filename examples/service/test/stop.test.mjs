import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createClient, makeSnapshots, nextEvent } from "./fixtures.mjs";

let made;
beforeAll(async () => {
  made = await makeSnapshots({ tripCount: 30, objectCount: 500 });
});
afterAll(() => rm(made.folder, { recursive: true }));

it("kill −TERM under load: every request that was received is answered, then the process ends with 0", async () => {
  const server = fileURLToPath(new URL("../server.mjs", import.meta.url));
  const child = spawn(
    process.execPath,
    [server, "--snapshot", made.current, "--port", "0", "--workers", "1", "--drain-ms", "300"],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const { address } = await nextEvent(lines, "listening");
  const stopped = nextEvent(lines, "stopped");
  const client = createClient(address, { connections: 16 });
  const trip = Array.from({ length: 50 }, (_, i) => [116.3 + i / 1000, 39.9]);
  const statuses = {};
  let answered = 0;
  let killed = false;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (;;) {
        try {
          const { status } = await client.send("/similar", { trip, k: 5, distance: "dtw" });
          statuses[status] = (statuses[status] ?? 0) + 1;
          if (++answered === 100) {
            killed = true;
            child.kill("SIGTERM");
          }
        } catch (error) {
          // Nothing listens any more: this request was never received.
          expect(killed).toBe(true);
          expect(["ECONNREFUSED", "ECONNRESET", "EPIPE"]).toContain(error.code);
          return;
        }
      }
    }),
  );
  expect(await stopped).toEqual({ event: "stopped", received: answered, answered });
  expect(answered).toBeGreaterThanOrEqual(100);
  expect(Object.keys(statuses)).toEqual(["200"]);
  expect((await ended)[0]).toBe(0);
});

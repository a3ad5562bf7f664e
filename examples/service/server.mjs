#!/usr/bin/env node
// node server.mjs --snapshot current [--port 8080] [--host 127.0.0.1] [--workers 2] [--queue 32] [--timeout-ms 10000] [--drain-ms 1000]
//
// SIGHUP opens the snapshot that the link names now; SIGTERM and SIGINT answer what has come, then end.
import { parseArgs } from "node:util";
import { createService } from "./src/app.mjs";

const text = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: {
    snapshot: { type: "string" },
    host: text("127.0.0.1"),
    port: text("8080"),
    workers: text("2"),
    queue: text("32"),
    "timeout-ms": text("10000"),
    "drain-ms": text("1000"),
    log: text("warn"),
  },
});
if (values.snapshot === undefined) {
  console.error(
    "server.mjs: --snapshot FOLDER must be given; node make-snapshot.mjs --demo --out FOLDER makes one",
  );
  process.exit(2);
}
const number = (name, least) => {
  const value = Number(values[name]);
  if (values[name] !== "" && Number.isInteger(value) && value >= least) return value;
  console.error(`server.mjs: --${name} must be an integer of at least ${least}, got ${values[name]}`);
  process.exit(2);
};

const { app, reload, stop } = await createService({
  snapshot: values.snapshot,
  workers: number("workers", 1),
  queue: number("queue", 0),
  timeoutMs: number("timeout-ms", 1),
  drainMs: number("drain-ms", 0),
  logger: { level: values.log, stream: process.stderr },
});
const say = (event) => console.log(JSON.stringify(event));
process.on("SIGHUP", () =>
  reload().then(
    (snapshot) => say({ event: "reloaded", snapshot }),
    (error) => say({ event: "reload refused", error: error.message }),
  ),
);
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => stop().then((counts) => say({ event: "stopped", ...counts })));
}
const address = await app.listen({ host: values.host, port: number("port", 0) });
say({ event: "listening", address });

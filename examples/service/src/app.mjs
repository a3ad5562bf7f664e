// The HTTP side: routes, limits, and what each error becomes.
import Fastify from "fastify";
import { BusyError, Dispatcher, TaskError, TimeoutError } from "./dispatcher.mjs";
import { createMetrics } from "./metrics.mjs";
import { schemas } from "./schemas.mjs";

export const defaults = {
  workers: 2,
  /** How many tasks may wait for a worker before 503. */
  queue: 32,
  timeoutMs: 10_000,
  maxJsonBytes: 2 ** 20,
  maxPictureBytes: 8 * 2 ** 20,
  maxPixels: 25_000_000,
  /** After a stop is asked for, answers go on for so long while clients move elsewhere. */
  drainMs: 1000,
};

/**
 * Opens a snapshot and makes the service that answers from it; `app.listen` starts it.
 *
 * @returns {Promise<{ app, reload: () => Promise<object>, stop: () => Promise<object> }>}
 */
export async function createService({ snapshot, logger = false, ...given }) {
  const options = { ...defaults, ...given };
  const dispatcher = await Dispatcher.open(snapshot, options);
  const metrics = createMetrics(dispatcher);
  const counts = { received: 0, answered: 0 };
  let stopping = false;
  const app = Fastify({
    logger,
    bodyLimit: options.maxJsonBytes,
    // How long a client may take to send a request.
    requestTimeout: options.timeoutMs,
    connectionTimeout: 4 * options.timeoutMs,
    forceCloseConnections: "idle",
    // What comes on a kept connection while the service stops is answered too.
    return503OnClosing: false,
    // A number is a number: "3" is none, and an unknown field is an error.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser(
    ["image/png", "image/jpeg", "image/webp"],
    { parseAs: "buffer", bodyLimit: options.maxPictureBytes },
    (_request, body, done) => done(null, body),
  );
  app.server.on("request", (_request, response) => {
    counts.received++;
    response.on("finish", () => {
      counts.answered++;
    });
  });
  app.addHook("onSend", async (_request, reply) => {
    // A client that keeps its connection would find it closed under the next request.
    if (stopping) reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { url } = request.routeOptions;
    metrics.request(url ?? "none", reply.statusCode, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));

  addRoutes(app, dispatcher);
  app.get("/health/live", async () => ({ live: true }));
  app.get("/health/ready", async (_request, reply) => {
    reply.code(stopping ? 503 : 200);
    return { ready: !stopping, snapshot: dispatcher.snapshot };
  });
  app.get("/metrics", async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });

  const reload = async () => {
    try {
      const next = await dispatcher.reload(snapshot);
      metrics.reload("done");
      return next;
    } catch (error) {
      metrics.reload("refused");
      throw error;
    }
  };
  let stopped;
  const stop = () => {
    stopped ??= (async () => {
      stopping = true;
      await new Promise((resolve) => setTimeout(resolve, options.drainMs));
      // Waits for the answers to all requests that have come.
      await app.close();
      await dispatcher.close();
      return { ...counts };
    })();
    return stopped;
  };
  return { app, reload, stop };
}

function addRoutes(app, dispatcher) {
  app.post("/predict", { schema: schemas.predict }, async ({ body }) => ({
    trips: await dispatcher.run({ kind: "predict", trips: body.trips }),
  }));
  app.post("/similar", { schema: schemas.similar }, async ({ body }) => {
    const { trip, k = 10, distance = "frechet" } = body;
    return { hits: await dispatcher.run({ kind: "similar", trip, k, distance }) };
  });
  app.post("/search", { schema: schemas.search }, async ({ body }) => ({
    hits: await dispatcher.run({ kind: "search", query: body }),
  }));
  app.post("/find", { schema: schemas.find }, async ({ body, query }) => {
    if (!Buffer.isBuffer(body))
      throw badField("body", "must be a picture: image/png, image/jpeg or image/webp");
    const task = { kind: "find", bytes: Uint8Array.from(body), k: Number(query.k ?? 5) };
    if (query.bounds !== undefined) task.bounds = query.bounds.split(",").map(Number);
    return dispatcher.run(task, [task.bytes.buffer]);
  });
}

function badField(field, message) {
  return Object.assign(new Error(`${field} ${message}`), { statusCode: 400, field });
}

function sendError(error, request, reply) {
  if (error instanceof BusyError) {
    return reply.code(503).header("retry-after", error.retryAfterSeconds).send({ error: error.message });
  }
  if (error instanceof TimeoutError) return reply.code(504).send({ error: error.message });
  if (error instanceof TaskError && /^WAYWEAVE_(VALUE|SHAPE|FORMAT)$/.test(error.code)) {
    const field = /: (?:query \d+: )?([a-zA-Z.]+)(?: of \w+ \d+)? must /.exec(error.message)?.[1];
    return reply.code(400).send({ error: error.message, field });
  }
  if (error.validation !== undefined) {
    const [{ instancePath, params, message }] = error.validation;
    const name = params.missingProperty ?? params.additionalProperty;
    const field = [...instancePath.split("/").slice(1), ...(name === undefined ? [] : [name])].join(".");
    return reply.code(400).send({
      error: `${field || error.validationContext} ${message}`,
      field: field || error.validationContext,
    });
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error(error);
  return reply
    .code(status)
    .send({ error: status >= 500 ? "internal error" : error.message, field: error.field });
}

// What Prometheus reads at /metrics.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export function createMetrics(dispatcher) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "wayweave_tasks_in_flight",
    help: "Tasks that run or wait",
    registers,
    collect() {
      this.set(dispatcher.inFlight);
    },
  });
  new Gauge({
    name: "wayweave_snapshot_info",
    help: "The snapshot that answers",
    labelNames: ["id"],
    registers,
    collect() {
      this.reset();
      this.set({ id: dispatcher.snapshot.id }, 1);
    },
  });
  const seconds = new Histogram({
    name: "wayweave_request_duration_seconds",
    help: "From the request's header to the end of the answer",
    labelNames: ["route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  });
  const reloads = new Counter({
    name: "wayweave_reloads_total",
    help: "Reloads by how they ended",
    labelNames: ["result"],
    registers,
  });
  return {
    registry,
    request: (route, status, took) => seconds.observe({ route, status: String(status) }, took),
    reload: (result) => reloads.inc({ result }),
  };
}

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { OnnxModel } from "./onnx-model.js";
import { toPlainError, type WorkerMessage, type WorkerReply, type WorkerStart } from "./pool-protocol.js";
import type { Outputs } from "./predictor.js";

/** The thread of an {@link OnnxModelPool}: loads the model, then answers one job after the other. */
async function main(port: MessagePort, { source, providers, engine, threads }: WorkerStart): Promise<void> {
  const send = (reply: WorkerReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
  const messages: string[] = [];
  let model: OnnxModel;
  try {
    model = await OnnxModel.load(source, {
      ...(providers === undefined ? {} : { providers }),
      ...(engine === undefined ? {} : { engine }),
      ...(threads === undefined ? {} : { threads }),
      onMessage: (message) => messages.push(message),
    });
  } catch (error) {
    send({ kind: "failed", error: toPlainError(error) });
    return;
  }
  port.on("message", async (job: WorkerMessage) => {
    if (job === "stop") {
      await model.dispose();
      port.close();
      return;
    }
    try {
      const outputs = await model.run(job.inputs, { outputs: job.outputs });
      send({ kind: "done", outputs }, buffersOf(outputs));
    } catch (error) {
      send({ kind: "failed", error: toPlainError(error) });
    }
  });
  const { inputs, outputs, metadata, provider } = model;
  send({ kind: "ready", inputs, outputs, metadata, provider, messages });
}

function buffersOf(outputs: Outputs): ArrayBuffer[] {
  const buffers = Object.values(outputs).flatMap(({ data }) =>
    ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [],
  );
  return [...new Set(buffers)];
}

if (parentPort !== null) await main(parentPort, workerData as WorkerStart);

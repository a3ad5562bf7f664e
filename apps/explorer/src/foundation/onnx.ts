import { SessionModel } from "@wayweave/nn/inference";

/** Loads a model onto ONNX Runtime's WebAssembly, both fetched from this page only now that a model is wanted. */
export async function loadModel(bytes: Uint8Array): Promise<SessionModel> {
  const ort = await import("onnxruntime-web/wasm");
  // Threads need shared memory, which a page has only where its server isolates it.
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  return SessionModel.load(bytes, ort, { executionProviders: ["wasm"] });
}

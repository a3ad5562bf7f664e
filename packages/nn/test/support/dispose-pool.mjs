// Run by onnx-model-pool-dispose.test.ts as a process of its own: what it prints and how it ends is what the test sees.
// node dispose-pool.mjs running|cancelled|twice model.onnx
import { OnnxModelPool } from "@wayweave/nn";

const [how, file] = process.argv.slice(2);
const pool = await OnnxModelPool.load(file, { workers: 2, threads: 1 });
const controller = new AbortController();
const [rows, columns] = [8, pool.inputs[0].shape[1]];
const x = { data: new Float32Array(rows * columns), shape: [rows, columns] };
const run = pool.run({ x }, { batchSize: 2, signal: controller.signal });
const said = run.then(
  () => "done",
  (error) => error.message,
);
if (how === "cancelled") {
  controller.abort(new Error("cancelled"));
  console.log(await said);
}
const disposed = pool.dispose();
if (how === "twice") await pool.dispose();
await disposed;
console.log(await said);
console.log("disposed");

// Saves one checkpoint after the other to one path until it is killed, and tells each that is saved. Run by checkpoint.test.ts.
import { saveCheckpoint } from "../../dist/index.js";

const [file] = process.argv.slice(2);
for (let step = 0; ; step++) {
  const data = new Float32Array(50_000).fill(step);
  await saveCheckpoint(file, {
    tensors: { w: { type: "float32", shape: [50_000], data } },
    metadata: { step },
  });
  process.send?.(step);
}

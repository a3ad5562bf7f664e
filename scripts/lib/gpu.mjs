// What setup-gpu.mjs decides, as functions without side effects.
import { join } from "node:path";

/** y = x·x for a [2, 2] matrix: an ONNX model as base64, made with @wayweave/nn's GraphBuilder. */
const probeModel =
  "CAgSDEB3YXl3ZWF2ZS9ubjpHChQKAXgKAXgSAXkaAXkiBk1hdE11bBIFcHJvYmVaEwoBeBIOCgwIARIICgIIAgoCCAJiEwoBeRIOCgwIARIICgIIAgoCCAJCBAoAEBI=";

/**
 * How onnxruntime's CUDA provider is fetched: by the install script that the workspace does not run by itself.
 *
 * @returns {{ skip: string } | { command: string, args: string[], cwd: string, expects: string[] }}
 */
export function cudaPlan({ folder, platform, arch, exists }) {
  if (folder === undefined) return { skip: "onnxruntime-node is not installed (run pnpm install)" };
  if (platform !== "linux" || arch !== "x64") {
    return { skip: `onnxruntime-node has none for ${platform}-${arch} (use webgpu)` };
  }
  const binaries = join(folder, "bin/napi-v6/linux/x64");
  const expects = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"].map((file) =>
    join(binaries, file),
  );
  if (expects.every((file) => exists(file))) return { skip: "already there" };
  const args = ["script/install", "--onnxruntime-node-install=cuda12"];
  return { command: process.execPath, args, cwd: folder, expects };
}

/** How tfjs-node-gpu's native part is made: by its own install script, or from a PyPI wheel. */
export function tfjsPlan({ folder, root, fromWheel, works }) {
  if (works) return { skip: "already works" };
  if (fromWheel) {
    const args = ["scripts/build-tfjs-node.mjs", "--gpu"];
    return { command: process.execPath, args, cwd: root, expects: [] };
  }
  if (folder === undefined) {
    return { skip: "the package is not installed; --from-wheel fetches and builds it" };
  }
  const args = ["scripts/install.js", "gpu", "download"];
  return { command: process.execPath, args, cwd: folder, expects: [] };
}

/** A program that prints `works` when the engine computes, else one line that says why not. */
export function probeCode(engine, folder) {
  const program = engine.startsWith("ort-")
    ? ortProgram(engine.slice("ort-".length), folder)
    : tfjsProgram(folder, engine);
  return `Promise.resolve().then(async () => {${program}})
    .then(() => console.log("works"))
    .catch((error) => { console.log(String(error.message ?? error).split("\\n")[0]); process.exitCode = 1; });`;
}

function ortProgram(provider, folder) {
  return `
    const ort = require(${JSON.stringify(folder)});
    const model = Buffer.from(${JSON.stringify(probeModel)}, "base64");
    const session = await ort.InferenceSession.create(model, { executionProviders: [${JSON.stringify(provider)}] });
    const x = new ort.Tensor("float32", Float32Array.of(0, 1, 1, 0), [2, 2]);
    const { y } = await session.run({ x });
    if (y.data.join() !== "1,0,0,1") throw new Error("gave a wrong product: " + y.data.join());`;
}

function tfjsProgram(folder, engine) {
  // The GPU package computes on the CPU where TensorFlow finds no GPU.
  const onGpu = `
    if (tf.backend().isUsingGpuDevice !== true) throw new Error("is installed, but TensorFlow uses no GPU here");`;
  return `
    const tf = require(${JSON.stringify(folder)});
    const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
    if (product !== 11) throw new Error("gave a wrong product: " + product);${engine === "tfjs-node-gpu" ? onGpu : ""}`;
}

/**
 * The report's lines, and the exit code: 0 when a GPU engine works.
 *
 * @param {{ engine: string, works: boolean, detail: string }[]} probes
 */
export function summarise(probes) {
  const width = Math.max(...probes.map(({ engine }) => engine.length));
  const lines = probes.map(
    ({ engine, works, detail }) => `${engine.padEnd(width)}  ${works ? "works" : `no: ${detail}`}`,
  );
  const onGpu = probes.filter(({ engine, works }) => works && /cuda|webgpu|gpu/.test(engine));
  lines.push(
    onGpu.length > 0
      ? `GPU engines that work: ${onGpu.map(({ engine }) => engine).join(", ")}`
      : "no GPU engine works on this machine",
  );
  return { lines, exitCode: onGpu.length > 0 ? 0 : 1 };
}

/** The line of a failed program's output that says most: the first that names an error, else the last. */
export function reasonIn(text) {
  const lines = (text ?? "").split("\n").map((line) => line.trim());
  const told = lines.filter((line) => line !== "");
  const line = told.find((candidate) => /\b(\w*Error\b.*:|E[A-Z]{4,}\b)/.test(candidate)) ?? told.at(-1);
  if (line === undefined) return undefined;
  if (/GPU adapter/i.test(line))
    return "no GPU adapter was found (Linux needs a Vulkan driver and libvulkan.so.1)";
  if (/Failed to load shared library/.test(line)) return "its library, or CUDA, is not installed";
  return line;
}

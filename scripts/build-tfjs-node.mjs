#!/usr/bin/env node
// Builds tfjs-node's native addon against the TensorFlow library inside a PyPI wheel, for contributors whose network
// does not reach the official download of libtensorflow (or who want a newer TensorFlow than its 2.9.1).
//
//   node scripts/build-tfjs-node.mjs                            tensorflow-cpu 2.21.0
//   node scripts/build-tfjs-node.mjs --tensorflow 2.15.1        another version
//   node scripts/build-tfjs-node.mjs --wheel FILE.whl           a wheel at hand
//   node scripts/build-tfjs-node.mjs --gpu                      the GPU addon, against the `tensorflow` wheel
//
// Needs Python 3 with pip (for the wheel), a C++ compiler and make. The result lies in .tfjs-node/ and is linked into
// packages/nn, where `engine: "tfjs-node"` (or "tfjs-node-gpu") then finds it. docs/tfjs-node.md says what was seen to work.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { output } from "./lib/process.mjs";
import { root } from "./lib/workspace.mjs";

const tfjsVersion = "4.22.0";
const { values: options } = parseArgs({
  options: {
    tensorflow: { type: "string", default: "2.21.0" },
    wheel: { type: "string" },
    gpu: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log("usage: node scripts/build-tfjs-node.mjs [--tensorflow VERSION | --wheel FILE] [--gpu]");
  process.exit(0);
}

const work = join(root, ".tfjs-node");
const name = options.gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
mkdirSync(work, { recursive: true });
try {
  const wheel = options.wheel ? resolve(options.wheel) : downloadWheel();
  const addon = installPackage();
  unpackLibrary(wheel, addon);
  build(addon);
  console.log(report(addon));
  linkInto(join(root, "packages/nn"), addon);
} catch (error) {
  console.error(`build-tfjs-node: ${error.message}`);
  process.exitCode = 1;
}

function downloadWheel() {
  const wheel = options.gpu ? "tensorflow" : "tensorflow-cpu";
  const folder = join(work, "wheels", `${wheel}-${options.tensorflow}`);
  console.log(`wheel: ${wheel} ${options.tensorflow} (some 200 to 600 MB)`);
  output("python3", [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "--dest",
    folder,
    `${wheel}==${options.tensorflow}`,
  ]);
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith(".whl")),
  );
}

/** The npm package without its install script, which is the download that this script replaces. */
function installPackage() {
  console.log(`package: ${name} ${tfjsVersion}`);
  writeFileSync(join(work, "package.json"), JSON.stringify({ private: true }));
  output(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${tfjsVersion}`],
    { cwd: work },
  );
  return join(work, "node_modules", name);
}

/** The wheel's headers and its two libraries, under the names that binding.gyp links. */
function unpackLibrary(wheel, addon) {
  console.log("library: unpacking");
  const unpacked = join(work, "unpacked");
  rmSync(unpacked, { recursive: true, force: true });
  output("python3", ["-m", "zipfile", "-e", wheel, unpacked]);
  const tensorflow = join(unpacked, "tensorflow");
  const deps = join(addon, "deps");
  rmSync(deps, { recursive: true, force: true });
  cpSync(join(tensorflow, "include"), join(deps, "include"), { recursive: true });
  mkdirSync(join(deps, "lib"), { recursive: true });
  for (const [soname, linkName] of [
    ["libtensorflow_cc.so.2", "libtensorflow.so"],
    ["libtensorflow_framework.so.2", "libtensorflow_framework.so"],
  ]) {
    cpSync(join(tensorflow, soname), join(deps, "lib", soname));
    symlinkSync(soname, join(deps, "lib", linkName));
  }
  rmSync(unpacked, { recursive: true, force: true });
}

function build(addon) {
  console.log("addon: compiling");
  // The newest Node-API version that tfjs-node knows; it looks for its addon in the folder of that name.
  const napi = Math.min(8, Number(process.versions.napi));
  const target = `./lib/napi-v${napi}`;
  const headers = ["/usr", dirname(dirname(process.execPath))].find((folder) =>
    existsSync(join(folder, "include/node/node_api.h")),
  );
  const nodedir = headers ? [`--nodedir=${headers}`] : [];
  const defines = ["-Dmodule_name=tfjs_binding", `-Dmodule_path=${target}`, `-Dnapi_build_version=${napi}`];
  const env = { ...process.env, CXXFLAGS: `${process.env.CXXFLAGS ?? ""} -std=c++17` };
  output("npx", ["--yes", "node-gyp", "rebuild", ...nodedir, "--", ...defines], { cwd: addon, env });
}

/** What the addon says of itself, in a process of its own. */
function report(addon) {
  const code = `const tf = require(${JSON.stringify(addon)}); const value = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
    if (value !== 11) throw new Error("1·3 + 2·4 gave " + value);
    console.log("works: backend " + tf.getBackend() + ", tfjs " + tf.version.tfjs);`;
  return output(process.execPath, ["-e", code], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  }).trim();
}

function linkInto(packageFolder, addon) {
  const link = join(packageFolder, "node_modules", name);
  rmSync(link, { recursive: true, force: true });
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(addon, link);
  console.log(`linked: ${name} is found from ${packageFolder}`);
}

#!/usr/bin/env node
// The commands of the README: sets everything up on a machine that has only Node and npm, then runs.
//
//   npm test                   install, build, every test
//   npm run bench              install, build, every table at the quick preset
//   npm run bench -- --help    anything else that the bench's command line can do
//   npm run explore            install, build, and serve the page on 127.0.0.1
//
// Plain Node: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPnpm } from "./lib/pnpm.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  // The answer to every question of a package manager is in this script.
  CI: process.env.CI ?? "1",
};

// Ctrl-C reaches the program that runs as well: let it finish what it is writing, and end with its exit code.
process.on("SIGINT", () => {});

const [task, ...args] = process.argv.slice(2);
requireNode();
const pnpm = findPnpm();
switch (task) {
  case "test":
    install();
    run([
      ...pnpm,
      "exec",
      "turbo",
      "run",
      "test",
      "test:scripts",
      "--continue=dependencies-successful",
      ...args,
    ]);
    break;
  case "bench":
    install();
    build("@wayweave/bench");
    run([process.execPath, join(root, "apps/bench/dist/cli.js"), ...args], process.env);
    break;
  case "explore":
    install();
    build("@wayweave/explorer");
    run([...pnpm, "--filter", "@wayweave/explorer", "run", "serve", ...args], process.env);
    break;
  default:
    fail(`run.mjs: task must be test, bench or explore, got ${task ?? "nothing"}`);
}

function install() {
  run([
    ...pnpm,
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
    "--reporter=append-only",
    "--loglevel=warn",
  ]);
}

/** Builds a package and what it builds on. */
function build(name) {
  run([...pnpm, "exec", "turbo", "run", "build", `--filter=${name}...`, "--output-logs=errors-only"]);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Wayweave needs Node 20.19 or newer, this is ${process.versions.node}`);
  }
}

function run([command, ...rest], env = environment) {
  const isNode = command === process.execPath;
  const result = spawnSync(command, rest, {
    cwd: root,
    env,
    stdio: "inherit",
    shell: process.platform === "win32" && !isNode,
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

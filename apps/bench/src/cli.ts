#!/usr/bin/env node
import { experiments } from "./experiments/index.js";
import { runCli } from "./program.js";

process.exitCode = await runCli(process.argv.slice(2), { experiments });

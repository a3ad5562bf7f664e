#!/usr/bin/env node
import { runCli } from "./commands/program.js";
import { experiments } from "./experiments/index.js";

process.exitCode = await runCli(process.argv.slice(2), { experiments });

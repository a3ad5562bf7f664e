#!/usr/bin/env node
import { runProgram } from "@wayweave/cli";
import { createProgram, optionNames } from "./cli/program.js";

await runProgram(createProgram(), optionNames);

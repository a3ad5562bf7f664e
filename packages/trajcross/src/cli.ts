#!/usr/bin/env node
import { runProgram } from "@wayweave/cli";
import { createProgram } from "./cli/program.js";

await runProgram(createProgram());

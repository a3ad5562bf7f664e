#!/usr/bin/env node
// Measures what each published package takes once installed, and writes the table of docs/architecture.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSize } from "./lib/install-size.mjs";
import { packAll, withDependencies } from "./lib/tarballs.mjs";
import { publicPackages, root } from "./lib/workspace.mjs";

const work = mkdtempSync(join(tmpdir(), "wayweave-sizes-"));
try {
  const packages = publicPackages();
  const tarballs = await packAll(packages, work);
  const rows = [];
  for (const { manifest } of packages) {
    const { name } = manifest;
    const needed = withDependencies(packages, name);
    const { megabytes, packages: count, native } = await installSize(needed, tarballs, work);
    console.log(`${name}: ${megabytes.toFixed(1)} MB, ${count} packages`);
    rows.push(`| \`${name}\` | ${megabytes.toFixed(1)} MB | ${count} | ${native.join(", ") || "none"} |`);
  }
  const table = [
    "| package | installed | packages | native code from |",
    "|---|---:|---:|---|",
    ...rows,
  ].join("\n");
  const file = join(root, "docs/architecture.md");
  const text = readFileSync(file, "utf8");
  const marks = /(<!-- install sizes -->\n)[\s\S]*?(<!-- \/install sizes -->)/;
  if (!marks.test(text)) throw new Error("docs/architecture.md has no marks for install sizes");
  writeFileSync(
    file,
    text.replace(marks, (_, open, close) => `${open}${table}\n${close}`),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

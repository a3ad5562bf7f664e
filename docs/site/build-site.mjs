#!/usr/bin/env node
// Builds the documentation site into docs/dist: no server, no request to another host.
//
//   pnpm site                     all of it
//   pnpm site -- --without-api    without the API pages, which take half a minute: to see a guide
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build } from "vitepress";
import { packageEntries, writeApiPages } from "./api-pages.mjs";
import { checkSite } from "./check-site.mjs";
import { collectPages, pagesFolder, root } from "./collect-pages.mjs";

const names = ["gmr-tree", "trajcross", "e2dtc", "cosmat", "geo-core", "numeric", "eval", "nn"];
/** Packages whose every export and member is described: the build fails where that is no longer so. */
const finished = names;
const args = process.argv.slice(2).filter((arg) => arg !== "--");
if (args.some((arg) => arg !== "--without-api")) {
  console.error(`build-site.mjs: knows --without-api only, got ${args.join(" ")}`);
  process.exit(2);
}
const withApi = !args.includes("--without-api");
const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;

const pages = collectPages();
console.log(`${pages.size} pages collected (${seconds()})`);
if (withApi) {
  const { warnings, described, undescribed } = await writeApiPages(packageEntries(names));
  const list = join(root, "docs/.cache/undescribed.txt");
  writeFileSync(list, undescribed.map((name) => `${name}\n`).join(""));
  console.log(
    `API pages written, ${warnings} warnings; ${described} exports and members have a description, ${undescribed.length} have none: ${relative(root, list)} (${seconds()})`,
  );
  const missing = undescribed.filter((name) => finished.includes(name.split(/[/.]/)[0]));
  if (missing.length > 0) {
    console.error(
      `build-site.mjs: every export and member of ${finished.join(", ")} must have a description, these have none:\n${missing.join("\n")}`,
    );
    process.exit(1);
  }
} else {
  mkdirSync(join(pagesFolder, "api"), { recursive: true });
  writeFileSync(join(pagesFolder, "api/index.md"), "# API\n\nLeft out of this build.\n");
  writeFileSync(join(pagesFolder, "api/typedoc-sidebar.json"), "[]");
}
writeReport();
const dist = join(root, "docs/dist");
rmSync(dist, { recursive: true, force: true });
await build(join(root, "docs"));
const { files, links, problems } = checkSite(dist);
for (const problem of problems) console.error(problem);
console.log(`docs/dist: ${files} pages, ${links} links, ${problems.length} problems (${seconds()})`);
process.exit(problems.length === 0 ? 0 : 1);

/** The bench's report of the committed results, as the site's `/report.html`. */
function writeReport() {
  const cli = join(root, "apps/bench/dist/cli.js");
  if (!existsSync(cli))
    throw new Error("the bench is not built, which writes the report: run pnpm build first");
  const committed = join(root, "apps/bench/results");
  const copies = join(root, "docs/.cache/results");
  rmSync(copies, { recursive: true, force: true });
  cpSync(committed, copies, {
    recursive: true,
    filter: (path) =>
      statSync(path).isDirectory() ? basename(path) !== "raw" : basename(path).startsWith("standard."),
  });
  const { status, stderr } = spawnSync(process.execPath, [cli, "report", "--out", copies], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the report could not be written: ${stderr}`);
  mkdirSync(join(pagesFolder, "public"), { recursive: true });
  cpSync(join(copies, "report.html"), join(pagesFolder, "public/report.html"));
}

// Published packages as users get them: packed tarballs.
import { mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { findPnpm } from "./pnpm.mjs";
import { forEach, outputOf } from "./process.mjs";

/** Packs each package as `pnpm publish` would; returns the tarballs' paths by package name. */
export async function packAll(packages, work) {
  const tarballs = new Map();
  const [command, ...before] = findPnpm();
  await forEach(packages, availableParallelism(), async ({ path, manifest }) => {
    const folder = join(work, "tarballs", manifest.name.replace("/", "-"));
    mkdirSync(folder, { recursive: true });
    await outputOf(command, [...before, "pack", "--pack-destination", folder], { cwd: path });
    tarballs.set(manifest.name, join(folder, readdirSync(folder)[0]));
  });
  return tarballs;
}

/** A package and the workspace packages below it. */
export function withDependencies(packages, name) {
  const manifests = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));
  const below = (each) =>
    Object.keys(manifests.get(each).dependencies ?? {})
      .filter((other) => manifests.has(other))
      .flatMap((other) => [other, ...below(other)]);
  return [...new Set([name, ...below(name)])];
}

// What a package takes on disk once a user has installed it for production: itself and everything below it, without peers.
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "./process.mjs";

/** Packages without native code: what they may take, dependencies included. */
export const plainLimitMegabytes = 10;

/**
 * @param {string[]} needed the package and the workspace packages below it
 * @param {Map<string, string>} tarballs each workspace package's tarball
 * @param {string} work a folder for scratch
 * @returns {Promise<{ megabytes: number, packages: number, native: string[] }>} megabytes of 10⁶ bytes; the installed packages that bring native
 *   code
 */
export async function installSize(needed, tarballs, work) {
  const folder = mkdtempSync(join(work, "size-"));
  // The workspace packages below it come from their tarballs as well.
  const files = Object.fromEntries(needed.map((each) => [each, `file:${tarballs.get(each)}`]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: files }));
  await outputOf(
    "npm",
    ["install", "--omit=dev", "--omit=peer", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: folder,
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
    },
  );
  const modules = join(folder, "node_modules");
  const installed = installedPackages(modules);
  const size = {
    megabytes: bytesBelow(modules) / 1e6,
    packages: installed.length,
    native: installed.filter((each) => hasNativeCode(join(modules, each))),
  };
  rmSync(folder, { recursive: true, force: true });
  return size;
}

function installedPackages(modules) {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.startsWith(".")) return [];
    if (!entry.name.startsWith("@")) return [entry.name];
    return readdirSync(join(modules, entry.name)).map((inner) => `${entry.name}/${inner}`);
  });
}

function hasNativeCode(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && /\.(node|so|dylib|dll)(\.\d+)*$/.test(entry.name),
  );
}

function bytesBelow(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

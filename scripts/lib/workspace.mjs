// What is in the workspace: its packages, their manifests and source files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** A built file of a package, for `import`: scripts have no dependencies of their own. */
export function packageUrl(name, file) {
  return pathToFileURL(join(root, "packages", name, "dist", file)).href;
}

/**
 * Every package of the workspace, in alphabetical order of its folder.
 *
 * @returns {{ folder: string, path: string, manifest: Record<string, any> }[]} `folder` is relative to the root
 */
export function workspacePackages() {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => join(root, group, name))
      .filter((path) => existsSync(join(path, "package.json")))
      .map((path) => ({
        folder: relative(root, path),
        path,
        manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")),
      })),
  );
}

/** The packages that are published: all but the private ones. */
export function publicPackages() {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** Every file below `folder` whose name ends with one of `endings`, without node_modules, dist and generated code. */
export function filesBelow(folder, endings) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ["node_modules", "dist", "generated", ".cache"].includes(entry.name)
        ? []
        : filesBelow(path, endings);
    }
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

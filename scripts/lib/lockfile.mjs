// What can be said of the dependencies from the lockfile and from what is installed, and what an advisory service says where one is reached.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const installScripts = ["preinstall", "install", "postinstall"];

/**
 * Packages that are not pinned by a checksum, that come from elsewhere than a registry, or that were withdrawn by their authors.
 *
 * @param {{ packages: Record<string, { resolution: Record<string, unknown>, deprecated?: string }> }} lock pnpm-lock.yaml, version 9
 */
export function lockfileProblems({ packages }) {
  return Object.entries(packages).flatMap(([name, { resolution, deprecated }]) => {
    const problems = [];
    if (!/^sha(256|384|512)-/.test(String(resolution.integrity))) {
      problems.push(`${name}: must be pinned by a checksum of 256 bits or more, got ${resolution.integrity}`);
    }
    for (const source of ["tarball", "repo", "directory"]) {
      if (resolution[source] !== undefined) {
        problems.push(`${name}: must come from a registry, got ${source} ${resolution[source]}`);
      }
    }
    if (deprecated !== undefined) problems.push(`${name}: was withdrawn by its authors: ${deprecated}`);
    return problems;
  });
}

/**
 * Install scripts that would run, or that nobody has looked at.
 *
 * @param {{ onlyBuiltDependencies?: string[], ignoredBuiltDependencies?: string[] }} workspace pnpm-workspace.yaml
 * @param {{ name: string, version: string }[]} scripted installed packages that have one
 */
export function buildProblems(workspace, scripted) {
  const allowed = workspace.onlyBuiltDependencies;
  const known = new Set(workspace.ignoredBuiltDependencies);
  return [
    ...(Array.isArray(allowed) && allowed.length === 0
      ? []
      : [
          `pnpm-workspace.yaml: onlyBuiltDependencies must be [], so that no install script runs, got ${JSON.stringify(allowed)}`,
        ]),
    ...scripted
      .filter(({ name }) => !known.has(name))
      .map(
        ({ name, version }) =>
          `${name}@${version}: has an install script; look what it does, then name it under ignoredBuiltDependencies`,
      ),
  ];
}

/**
 * Advisories of an audit's answer that must be acted on, and those that need not; `unreachable` says why there is no answer.
 *
 * @param {string} text what `pnpm audit --json` printed
 */
export function auditFindings(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return { unreachable: text.trim().split("\n")[0] || "no answer", problems: [], notes: [] };
  }
  if (answer.advisories === undefined) {
    return { unreachable: answer.error?.message ?? "no advisories in the answer", problems: [], notes: [] };
  }
  const all = Object.values(answer.advisories).map(({ module_name, severity, title, url }) => ({
    severity,
    line: `${module_name}: ${severity}: ${title} (${url})`,
  }));
  const isGrave = ({ severity }) => severity === "high" || severity === "critical";
  return {
    problems: all.filter(isGrave).map(({ line }) => line),
    notes: all.filter((each) => !isGrave(each)).map(({ line }) => line),
  };
}

/** Installed packages with an install script. @param folder node_modules/.pnpm */
export function packagesWithScripts(folder) {
  const found = [];
  for (const store of readdirSync(folder)) {
    const modules = join(folder, store, "node_modules");
    if (!existsSync(modules)) continue;
    for (const path of packagesIn(modules)) {
      const { name, version, scripts = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
      if (installScripts.some((script) => scripts[script] !== undefined)) found.push({ name, version });
    }
  }
  return found;
}

/** Folders of packages themselves; links to other packages are left out. */
function packagesIn(modules) {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name === ".bin") return [];
    const path = join(modules, entry.name);
    if (entry.name.startsWith("@")) return packagesIn(path);
    return existsSync(join(path, "package.json")) ? [path] : [];
  });
}

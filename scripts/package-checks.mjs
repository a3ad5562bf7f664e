#!/usr/bin/env node
// What a user of one package meets: publint and attw on every package as it would be published, a publication of it that stops before a registry is
// asked, then an install of its packed tarball into an empty folder, with an ES module, a CommonJS and a TypeScript consumer that load every entry. The consumer's types are
// checked with skipLibCheck off, and with what scripts/type-assertions/<package>.ts asserts: that wrong types fail, too.
//
//   node scripts/package-checks.mjs               all
//   node scripts/package-checks.mjs gmr-tree      one package
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSize, plainLimitMegabytes } from "./lib/install-size.mjs";
import { outputOf, runChecks } from "./lib/process.mjs";
import { plain } from "./lib/structure.mjs";
import { packAll, withDependencies } from "./lib/tarballs.mjs";
import { publicPackages, root } from "./lib/workspace.mjs";

const work = mkdtempSync(join(tmpdir(), "wayweave-packages-"));
// onnxruntime-node's CUDA part is the one thing that an install script would download; it is not needed here.
const installEnvironment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
const bin = (name) => join(root, "node_modules/.bin", name);
const packages = publicPackages();
const only = process.argv.slice(2);
const byName = new Map(packages.map((entry) => [entry.manifest.name, entry]));
const tarballs = await packAll(packages, work);

try {
  const checked = packages.filter(
    ({ manifest }) => only.length === 0 || only.includes(manifest.name.split("/")[1]),
  );
  await runChecks(
    checked.flatMap((entry) => [
      {
        name: `${entry.manifest.name}: publint`,
        check: () => outputOf(bin("publint"), ["run", tarballs.get(entry.manifest.name), "--strict"]),
      },
      {
        name: `${entry.manifest.name}: attw`,
        check: () => checkResolutions(entry),
      },
      {
        name: `${entry.manifest.name}: could be published`,
        check: () => checkPublication(entry),
      },
      {
        name: `${entry.manifest.name}: installs from its tarball, imports, type-checks`,
        check: () => checkInstall(entry),
      },
      ...(plain.includes(entry.manifest.name)
        ? [
            {
              name: `${entry.manifest.name}: small, without native code`,
              check: () => checkSize(entry.manifest.name),
            },
          ]
        : []),
    ]),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** attw, but for entries that are assets (WebAssembly, models), which have no types. */
async function checkResolutions({ manifest }) {
  const assets = Object.keys(manifest.exports).filter(
    (entry) => entry !== "./package.json" && typeof manifest.exports[entry] === "string",
  );
  const excluded = assets.length > 0 ? ["--exclude-entrypoints", ...assets] : [];
  await outputOf(bin("attw"), [tarballs.get(manifest.name), "--profile", "esm-only", ...excluded]);
}

/** `npm publish` of the tarball up to the registry, which a dry run does not need: the address is one where nobody answers. */
async function checkPublication({ manifest }) {
  const nobody = ["--registry", "http://127.0.0.1:9/", "--fetch-retries", "0"];
  const told = JSON.parse(
    await outputOf("npm", [
      "publish",
      tarballs.get(manifest.name),
      "--dry-run",
      "--json",
      "--ignore-scripts",
      "--loglevel=error",
      ...nobody,
    ]),
  );
  // npm 10 prints the package itself, npm 11 by its name.
  const { name, version, files } = told[manifest.name] ?? told;
  if (name !== manifest.name || version !== manifest.version) {
    throw new Error(`must be published as ${manifest.name}@${manifest.version}, got ${name}@${version}`);
  }
  const paths = files.map(({ path }) => path);
  for (const needed of ["LICENSE", "README.md", "CHANGELOG.md", "package.json"]) {
    if (!paths.includes(needed)) throw new Error(`must hold ${needed}, got ${paths.join(", ")}`);
  }
  const stray = paths.find((path) => /^(src|test|bench|node_modules)\//.test(path));
  if (stray !== undefined) throw new Error(`must hold no sources or tests, got ${stray}`);
}

async function checkInstall({ manifest }) {
  const folder = mkdtempSync(join(work, "consumer-"));
  const needed = withDependencies(packages, manifest.name);
  const specifiers = Object.keys(manifest.exports).filter(
    (entry) =>
      entry !== "./package.json" && !entry.includes("*") && typeof manifest.exports[entry] === "object",
  );
  const peers = specifiers.length > 1 ? Object.entries(manifest.peerDependencies ?? {}) : [];
  const usedPeers = peers.filter(([name]) => !name.includes("tfjs-node"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: {
        ...Object.fromEntries(needed.map((name) => [name, `file:${tarballs.get(name)}`])),
        ...Object.fromEntries(usedPeers.map(([name]) => [name, installedVersion(manifest, name)])),
      },
    }),
  );
  await outputOf("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env: installEnvironment,
  });
  const imports = specifiers.map(
    (entry, i) => `import * as entry${i} from "${manifest.name}${entry.slice(1)}";`,
  );
  // A worker's file exports nothing.
  const uses = specifiers.flatMap((entry, i) =>
    entry.endsWith("-worker")
      ? []
      : `if (Object.keys(entry${i}).length === 0) throw new Error("entry ${i} exports nothing");`,
  );
  writeFileSync(join(folder, "consumer.mjs"), [...imports, ...uses].join("\n"));
  await outputOf(process.execPath, ["consumer.mjs"], { cwd: folder });
  // CommonJS too: Node requires ES modules that wait for nothing at their top.
  writeFileSync(
    join(folder, "consumer.cjs"),
    specifiers.map((entry) => `require("${manifest.name}${entry.slice(1)}");`).join("\n"),
  );
  await outputOf(process.execPath, ["consumer.cjs"], { cwd: folder });
  writeFileSync(join(folder, "consumer.ts"), [...imports, ...uses].join("\n"));
  const assertions = join(root, "scripts/type-assertions", `${manifest.name.split("/")[1]}.ts`);
  if (!existsSync(assertions)) throw new Error(`${assertions} must say which types fail`);
  copyFileSync(assertions, join(folder, "assertions.ts"));
  await checkTypes(folder, ["consumer.ts", "assertions.ts"]);
  rmSync(folder, { recursive: true, force: true });
}

/** Packages without native code are small, and stay without it. */
async function checkSize(name) {
  const { megabytes, native } = await installSize(withDependencies(packages, name), tarballs, work);
  if (native.length > 0)
    throw new Error(`${name} must install without native code, got ${native.join(", ")}`);
  if (megabytes > plainLimitMegabytes) {
    throw new Error(`${name} must install in ${plainLimitMegabytes} MB, got ${megabytes.toFixed(1)} MB`);
  }
}

/** The exact version that the workspace tests against. */
function installedVersion(manifest, name) {
  const { path } = byName.get(manifest.name);
  return createRequire(join(path, "package.json"))(`${name}/package.json`).version;
}

/**
 * Type-checks a consumer's files with skipLibCheck off. A mistake in our own declarations or in the consumer fails the check; one inside
 * another library's declarations is not ours to mend, and passes.
 */
async function checkTypes(folder, files) {
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(consumerTsconfig(files)));
  // tsc ends with an error where it found any; its messages say where.
  const said = await outputOf(bin("tsc"), ["-p", ".", "--pretty", "false"], { cwd: folder }).catch(
    (error) => {
      if (!/error TS\d+/.test(error.message)) throw error;
      return error.message;
    },
  );
  const ours = said
    .split("\n")
    .filter((line) => /^\S.*error TS\d+/.test(line))
    .filter((line) => !line.startsWith("node_modules/") || line.startsWith("node_modules/@wayweave/"));
  if (ours.length > 0) throw new Error(ours.join("\n"));
}

function consumerTsconfig(files) {
  return {
    compilerOptions: {
      module: "NodeNext",
      target: "ES2022",
      lib: ["ES2023"],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    },
    files,
  };
}

// The rules of the workspace's structure, as pure functions of what is in it.
import { posix } from "node:path";

const system = ["@wayweave/cosmat", "@wayweave/trajcross", "@wayweave/e2dtc"];

/** Which workspace packages a package's published code may import: the arrows point one way. */
export const allowedArrows = {
  "@wayweave/geo-core": [],
  "@wayweave/eval": ["@wayweave/geo-core"],
  "@wayweave/numeric": ["@wayweave/geo-core", "@wayweave/eval"],
  "@wayweave/nn": ["@wayweave/geo-core"],
  "@wayweave/gmr-tree": ["@wayweave/geo-core"],
  "@wayweave/cli": ["@wayweave/geo-core"],
  "@wayweave/cosmat": [
    "@wayweave/geo-core",
    "@wayweave/numeric",
    "@wayweave/eval",
    "@wayweave/nn",
    "@wayweave/gmr-tree",
    "@wayweave/cli",
  ],
  "@wayweave/trajcross": ["@wayweave/geo-core", "@wayweave/numeric", "@wayweave/nn", "@wayweave/cli"],
  "@wayweave/e2dtc": [
    "@wayweave/geo-core",
    "@wayweave/numeric",
    "@wayweave/nn",
    "@wayweave/eval",
    "@wayweave/cli",
  ],
  "@wayweave/bench": [
    "@wayweave/geo-core",
    "@wayweave/eval",
    "@wayweave/numeric",
    "@wayweave/nn",
    "@wayweave/gmr-tree",
    ...system,
  ],
  "@wayweave/explorer": [
    "@wayweave/geo-core",
    "@wayweave/eval",
    "@wayweave/numeric",
    "@wayweave/nn",
    "@wayweave/gmr-tree",
    ...system,
  ],
};

/** Packages that install with no native code and no machine learning. */
export const plain = ["@wayweave/geo-core", "@wayweave/numeric", "@wayweave/eval", "@wayweave/gmr-tree"];
const notPlain = /^(@tensorflow\/|onnxruntime|@huggingface\/|sharp$|canvas$|@napi-rs\/|ml-matrix$)/;

/** package.json fields that are the same in every package. */
const sameFields = ["license", "type", "engines"];
const samePublicFields = ["sideEffects", "publishConfig"];
/** What packages publish besides what all of them do, since their READMEs link to it. */
const ownFiles = { "@wayweave/trajcross": ["MODEL_CARD.md", "examples"] };
const requiredScripts = ["build", "test", "types", "lint"];

/**
 * @param {{ folder: string, manifest: Record<string, any>, sources: { file: string, imports: string[], text: string }[],
 *   files: string[] }[]} packages
 * @returns {string[]} one line a broken rule; empty where all hold
 */
export function structureProblems(packages) {
  const model = packages.find(({ manifest }) => manifest.name === "@wayweave/geo-core");
  if (!model) return ["packages/geo-core is missing: it is the model of every other package.json"];
  return packages.flatMap((entry) => [
    ...arrowProblems(entry),
    ...plainProblems(entry),
    ...manifestProblems(entry, model.manifest),
    ...sourceProblems(entry),
    ...importCircles(entry.sources).map((circle) => `imports go round in a circle: ${circle}`),
  ]);
}

function arrowProblems({ manifest, sources, folder }) {
  const allowed = allowedArrows[manifest.name];
  if (!allowed) return [`${folder}: ${manifest.name} is not in allowedArrows (scripts/lib/structure.mjs)`];
  const problems = [];
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (name.startsWith("@wayweave/") && !allowed.includes(name)) {
      problems.push(`${folder}/package.json: ${manifest.name} must not depend on ${name}`);
    }
  }
  for (const { file, imports } of sources) {
    for (const specifier of imports) {
      const name = packageOf(specifier);
      if (name?.startsWith("@wayweave/") && name !== manifest.name && !allowed.includes(name)) {
        problems.push(`${file}: ${manifest.name} must not import ${specifier}`);
      }
      if (name && name !== manifest.name && !isDeclared(manifest, name)) {
        problems.push(`${file}: imports ${specifier}, which package.json does not declare`);
      }
    }
  }
  return problems;
}

function plainProblems({ manifest, sources, folder }) {
  if (!plain.includes(manifest.name)) return [];
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return [
    ...declared
      .filter((name) => notPlain.test(name))
      .map((name) => `${folder}/package.json: no ML or native code here, found ${name}`),
    ...sources.flatMap(({ file, imports }) =>
      imports
        .filter((name) => notPlain.test(name))
        .map((name) => `${file}: no ML or native code here, found ${name}`),
    ),
  ];
}

function manifestProblems({ manifest, folder, files }, model) {
  const problems = [];
  const isPublic = manifest.private !== true;
  const expect = (field, required) => {
    if (JSON.stringify(manifest[field]) !== JSON.stringify(required)) {
      problems.push(
        `${folder}/package.json: ${field} must be ${JSON.stringify(required)}, got ${JSON.stringify(manifest[field])}`,
      );
    }
  };
  for (const field of sameFields) expect(field, model[field]);
  if (isPublic) {
    for (const field of samePublicFields) expect(field, model[field]);
    expect("files", [...model.files, ...(ownFiles[manifest.name] ?? [])]);
    // Registries link to these; npm resolves a README's relative links by them.
    expect("repository", { ...model.repository, directory: folder });
    expect("homepage", model.homepage.replace(model.repository.directory, folder));
    expect("bugs", model.bugs);
  }
  // A page is built by Vite, a package by tsup.
  const isPage = files.includes("index.html");
  for (const script of requiredScripts) {
    const required = isPage && script === "build" ? "vite build" : model.scripts[script];
    if (manifest.scripts?.[script] !== required) {
      problems.push(
        `${folder}/package.json: scripts.${script} must be "${required}", got "${manifest.scripts?.[script]}"`,
      );
    }
  }
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
      const required = name.startsWith("@wayweave/") ? "workspace:^" : "catalog:";
      if (version !== required)
        problems.push(`${folder}/package.json: ${kind}.${name} must be "${required}", got "${version}"`);
    }
  }
  // npm packs the package's own LICENSE, pnpm the workspace's: with a copy in each, both publish one.
  const required = [
    "README.md",
    "tsconfig.json",
    isPage ? "vite.config.ts" : "tsup.config.ts",
    "vitest.config.ts",
    ...(isPublic ? ["LICENSE"] : []),
  ];
  for (const file of required) {
    if (!files.includes(file)) problems.push(`${folder}: ${file} is missing`);
  }
  return problems;
}

/** Built-ins of which every realm (a frame, a test runner's context, a worker's message) has its own. */
const builtinInstance =
  /\binstanceof (?:globalThis\.)?((?:\w*Error(?<!(?:Shape|Value|State|Format|Commander)Error)|Array|ArrayBuffer|SharedArrayBuffer|DataView|(?:Big)?(?:Uint|Int|Float)\d+(?:Clamped)?Array|Buffer|Map|Set|WeakMap|WeakSet|Date|RegExp|Promise|Object|Function|URL|Blob|AbortSignal|Worker|MessagePort|ReadableStream|Response|WebAssembly\.\w+))\b/;

function sourceProblems({ manifest, sources }) {
  const isPublished = manifest.private !== true;
  return sources.flatMap(({ file, text }) => {
    const problems = [];
    if (text.includes("Math.random")) problems.push(`${file}: Math.random; use geo-core's Random`);
    const builtin = text.match(builtinInstance)?.[1];
    if (builtin !== undefined && isPublished) {
      problems.push(`${file}: instanceof ${builtin} fails between realms; look at what the value is or has`);
    }
    if (/@ts-ignore|@ts-nocheck/.test(text)) problems.push(`${file}: a type check is switched off`);
    return problems;
  });
}

/**
 * Circles of imports within a package, types and `await import` included: what two files share belongs in a lower one.
 *
 * @returns {string[]} one line a circle, its files in the order of the imports
 */
export function importCircles(sources) {
  const graph = new Map(sources.map(({ file, imports }) => [file, importedFiles(file, imports)]));
  const state = new Map();
  const path = [];
  const circles = [];
  const visit = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (state.get(next) === "open") circles.push([...path.slice(path.indexOf(next)), next].join(" → "));
      else if (!state.has(next)) visit(next);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return circles;
}

/** The source files behind a file's relative imports, which name what is built: `./a.js` is `a.ts`. */
function importedFiles(file, imports) {
  const folder = posix.dirname(file);
  return imports
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.join(folder, specifier).replace(/\.js$/, ".ts"));
}

/** `@scope/name` or `name` of an import specifier; undefined for relative paths and Node's own modules. */
function packageOf(specifier) {
  if (specifier.startsWith(".") || specifier.startsWith("node:") || specifier.startsWith("/"))
    return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

function isDeclared(manifest, name) {
  return ["dependencies", "peerDependencies", "optionalDependencies", "devDependencies"].some(
    (kind) => name in (manifest[kind] ?? {}),
  );
}

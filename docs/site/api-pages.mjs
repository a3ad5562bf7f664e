// Writes the API pages: every export of every package's entries, from its docstrings, by TypeDoc.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application, ReflectionKind } from "typedoc";
import { pagesFolder, repository, root } from "./collect-pages.mjs";

/** `[{ name: "geo-core", entries: [{ specifier: "@wayweave/geo-core/node", source: "packages/geo-core/src/node.ts" }] }]` */
export function packageEntries(names) {
  return names.map((name) => {
    const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const entries = Object.entries(exports)
      .filter(([entry, target]) => typeof target === "object" && !entry.endsWith("-worker"))
      .map(([entry, target]) => ({
        specifier: `@wayweave/${name}${entry.slice(1)}`,
        source: sourceOf(name, target.types),
      }));
    return { name, entries };
  });
}

/** The source of an entry: a file at the root of `src`, or the one of this name in a folder. */
function sourceOf(name, types) {
  const stem = types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, "");
  const source = join("packages", name, "src");
  const found = readdirSync(join(root, source), { recursive: true })
    .filter((file) =>
      [`${stem}.ts`, `${stem}/index.ts`].some((end) => file === end || file.endsWith(`/${end}`)),
    )
    .sort((a, b) => a.length - b.length);
  if (found[0] === undefined) throw new Error(`packages/${name}: no source of the entry ${types}`);
  return join(source, found[0]);
}

/** @returns {Promise<{ warnings: number, described: number, undescribed: string[] }>} what was written below `.cache/pages/api` */
export async function writeApiPages(packages) {
  const entries = packages.flatMap((each) => each.entries);
  const tsconfig = join(root, "docs/.cache/tsconfig.json");
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: {
        types: ["node"],
        typeRoots: ["../../node_modules/@types"],
        paths: Object.fromEntries(
          entries.map(({ specifier, source }) => [specifier, [join("../..", source)]]),
        ),
      },
      include: ["../../packages/*/src/**/*.d.ts"],
      files: entries.map(({ source }) => join("../..", source)),
    }),
  );
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme"],
    entryPoints: entries.map(({ source }) => join(root, source)),
    tsconfig,
    out: join(pagesFolder, "api"),
    docsRoot: pagesFolder,
    // Each package's own settings check the types (pnpm types); here they stand in one program.
    skipErrorChecking: true,
    readme: "none",
    name: "API",
    alwaysCreateEntryPointModule: true,
    disableGit: true,
    sourceLinkTemplate: `${repository}/blob/main/{path}#L{line}`,
    basePath: root,
    displayBasePath: root,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    hideGenerator: true,
    useCodeBlocks: true,
    // VitePress numbers headings of one name otherwise than TypeDoc.
    useHTMLAnchors: true,
    // One page an entry: nine hundred pages with a sidebar of as many links would be 400 MB.
    outputFileStrategy: "modules",
    parametersFormat: "table",
    propertiesFormat: "table",
    interfacePropertiesFormat: "table",
    // Packages may describe what they do not export; the site's own check is on links.
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    blockTags: [
      "@defaultValue",
      "@deprecated",
      "@example",
      "@param",
      "@remarks",
      "@returns",
      "@see",
      "@throws",
      "@typeParam",
    ],
    logLevel: "Warn",
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc could not read the sources: its messages are above");
  app.validate(project);
  // A page is called what one imports.
  for (const module of project.children ?? []) {
    const { fileName } = module.sources[0];
    const entry = entries.find(({ source }) => source === fileName);
    if (entry === undefined) throw new Error(`the API pages have a module of ${fileName}, which is no entry`);
    module.name = entry.specifier.replace("@wayweave/", "");
  }
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error("TypeDoc failed: its messages are above");
  return { warnings: app.logger.warningCount, ...descriptionsIn(project) };
}

const {
  Variable,
  Function: Callable,
  Class,
  Interface,
  Property,
  Method,
  Accessor,
  TypeAlias,
} = ReflectionKind;

/** Which exports and which of their members have a description of their own. */
function descriptionsIn(project) {
  const all = project
    .getReflectionsByKind(Variable | Callable | Class | Interface | Property | Method | Accessor | TypeAlias)
    // What is inherited is described where it was declared; what a type written in place holds, at that place.
    .filter((each) => each.inheritedFrom === undefined && each.parent?.kind !== ReflectionKind.TypeLiteral);
  const undescribed = all
    .filter((each) => {
      const places = [each, ...(each.signatures ?? []), each.getSignature, each.setSignature];
      return !places.some((place) => place?.hasComment());
    })
    .map((each) => each.getFullName());
  return { described: all.length - undescribed.length, undescribed };
}

// Which licences a dependency may have, and which install scripts our packages may: none.

/** Licences that ask for no more than a notice. */
const free = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  "Zlib",
]);
/** Spellings that package.json files have for them. */
const spelled = new Map([
  ["Apache 2.0", "Apache-2.0"],
  ["Apache License 2.0", "Apache-2.0"],
]);
/** A library that sharp loads, unchanged and on its own: LGPL allows that. */
const excepted = { name: /^@img\/sharp-(libvips-)?/, licence: /LGPL-3\.0-or-later/ };
const installScripts = ["preinstall", "install", "postinstall", "prepare"];

/** @param {Record<string, { name: string }[]>} licences package lists by licence, as `pnpm licenses list --json` has them */
export function licenceProblems(licences) {
  return Object.entries(licences).flatMap(([licence, packages]) =>
    packages
      .filter(
        ({ name }) => !isAllowed(licence) && !(excepted.name.test(name) && excepted.licence.test(licence)),
      )
      .map(({ name }) => `${name}: licence must be a permissive one, got ${licence}`),
  );
}

/** Of `A AND B` both must be free, of `A OR B` one. */
function isAllowed(expression) {
  const text = spelled.get(expression) ?? expression.replace(/^\((.*)\)$/, "$1");
  if (text.includes(" OR ")) return text.split(" OR ").some((part) => isAllowed(part.trim()));
  if (text.includes(" AND ")) return text.split(" AND ").every((part) => isAllowed(part.trim()));
  return free.has(text);
}

/** @param {{ folder: string, manifest: Record<string, any> }[]} packages our own */
export function scriptProblems(packages) {
  return packages.flatMap(({ folder, manifest }) =>
    installScripts
      .filter((name) => manifest.scripts?.[name] !== undefined)
      .map(
        (name) =>
          `${folder}/package.json: must have no ${name} script, which runs on the machines of those who install it`,
      ),
  );
}

/** The list as Markdown, without packages that are there for one system only. */
export function licenceTable(licences) {
  const rows = Object.entries(licences)
    .map(([licence, packages]) => [
      licence,
      [...new Set(packages.map(({ name }) => name))]
        .filter((name) => !/-(linux|darwin|win32|linuxmusl)-/.test(name))
        .sort(),
    ])
    .filter(([, names]) => names.length > 0)
    .sort(([, a], [, b]) => b.length - a.length);
  return rows.map(([licence, names]) => `| ${licence} | ${names.length} | ${names.join(", ")} |\n`).join("");
}

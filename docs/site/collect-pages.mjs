// Gathers the site's pages from where they are written: guides in docs/, the packages' READMEs, CONTRIBUTING, decisions.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const pagesFolder = join(root, "docs/.cache/pages");
export const repository = JSON.parse(
  readFileSync(join(root, "packages/geo-core/package.json"), "utf8"),
).repository.url.replace(/^git\+|\.git$/g, "");

/** Files of the repository that are pages, by their path there; the value is the page's path on the site. */
export function pageMap() {
  const pages = new Map();
  for (const name of readdirSync(join(root, "docs"))) {
    if (name.endsWith(".md")) pages.set(`docs/${name}`, name === "index.md" ? name : `guide/${name}`);
  }
  for (const folder of ["start", "decisions"]) {
    for (const name of readdirSync(join(root, "docs", folder))) {
      if (name.endsWith(".md")) pages.set(`docs/${folder}/${name}`, `${folder}/${name}`);
    }
  }
  for (const name of readdirSync(join(root, "packages"))) {
    if (!existsSync(join(root, "packages", name, "README.md"))) continue;
    pages.set(`packages/${name}/README.md`, `packages/${name}.md`);
    for (const [file, page] of [
      ["MODEL_CARD.md", `packages/${name}-model-card.md`],
      ["CHANGELOG.md", `packages/${name}-changelog.md`],
    ]) {
      if (existsSync(join(root, "packages", name, file))) pages.set(`packages/${name}/${file}`, page);
    }
  }
  pages.set("apps/bench/README.md", "packages/bench.md");
  pages.set("CONTRIBUTING.md", "contributing.md");
  for (const group of ["examples", "apps"]) {
    if (!existsSync(join(root, group))) continue;
    for (const name of readdirSync(join(root, group))) {
      const file = `${group}/${name}/README.md`;
      if (!pages.has(file) && existsSync(join(root, file))) pages.set(file, `${group}/${name}.md`);
    }
  }
  return pages;
}

/** Writes every page below `.cache/pages`, its links turned to the site's, and copies the pictures they show. */
export function collectPages() {
  rmSync(pagesFolder, { recursive: true, force: true });
  const pages = pageMap();
  const dead = [];
  for (const [file, page] of pages) {
    const target = join(pagesFolder, page);
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(join(root, file), "utf8");
    writeFileSync(target, withSiteLinks(withoutMarks(text), { file, page, pages, dead }));
  }
  if (dead.length > 0) throw new Error(`links that lead nowhere:\n  ${dead.join("\n  ")}`);
  return pages;
}

/** Without the marks between which figures are written, which no reader of the site needs. */
function withoutMarks(text) {
  return outsideOfCode(text, (part) => part.replace(/<!--[\s\S]*?-->(?:\n(?=\|)|)/g, ""));
}

/** Relative links of a file as the site has them: to a page, a copied picture, or the repository. */
function withSiteLinks(text, place) {
  return outsideOfCode(text, (part) =>
    part
      .replace(
        /(!?\[[^\]]*\]\()([^)\s]+)(\))/g,
        (_, open, target, close) => open + siteLink(target, place) + close,
      )
      .replace(
        /((?:src|srcset|href)=")([^"]+)(")/g,
        (_, open, target, close) => open + siteLink(target, place) + close,
      ),
  );
}

/** Applies `change` to what is in no fenced block. */
function outsideOfCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join("");
}

function siteLink(target, { file, page, pages, dead }) {
  if (/^([a-z]+:|#|\/)/.test(target)) return target;
  const [path, hash = ""] = target.split(/(?=#)/);
  const inRepository = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, "");
  const known = pages.get(inRepository) ?? pages.get(`${inRepository}/README.md`);
  if (known !== undefined) return posix.relative(posix.dirname(page), known).replace(/^(?!\.)/, "./") + hash;
  const source = join(root, inRepository);
  if (!existsSync(source)) {
    dead.push(`${file}: ${target}`);
    return target;
  }
  if (/\.(svg|png|webp|jpe?g|gif)$/.test(inRepository)) {
    const copy = `pictures/${inRepository.replaceAll("/", "-")}`;
    mkdirSync(join(pagesFolder, "public/pictures"), { recursive: true });
    cpSync(source, join(pagesFolder, "public", copy));
    return `/${copy}`;
  }
  return `${repository}/blob/main/${relative(root, source)}${hash}`;
}

// What must hold of the built site: every link leads to a page and a heading that exist, and nothing is loaded from another host.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative } from "node:path";

/** @returns {{ files: number, links: number, problems: string[] }} */
export function checkSite(dist) {
  const files = htmlBelow(dist);
  const anchors = new Map();
  const anchorsOf = (file) => {
    if (!anchors.has(file)) {
      const html = readFileSync(join(dist, file), "utf8");
      anchors.set(file, new Set([...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => decode(id))));
    }
    return anchors.get(file);
  };
  const problems = [];
  let links = 0;
  for (const file of files) {
    const html = readFileSync(join(dist, file), "utf8");
    for (const [, tag, target] of html.matchAll(
      /<(?:script|link|img|source|iframe)\b[^>]*?\b(src|href)="(https?:[^"]+)"/g,
    )) {
      problems.push(`${file}: loads ${target} (${tag}) from another host`);
    }
    for (const [, target] of html.matchAll(/<a\b[^>]*?\bhref="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      const [path, hash] = decode(target).split("#");
      const found =
        path === ""
          ? file
          : pageOf(
              dist,
              posix.join("/", path.startsWith("/") ? path : posix.join(posix.dirname(file), path)),
            );
      if (found === undefined) problems.push(`${file}: ${target} leads nowhere`);
      else if (hash && found.endsWith(".html") && found !== "report.html" && !anchorsOf(found).has(hash)) {
        problems.push(`${file}: ${target} leads to no heading`);
      }
    }
  }
  return { files: files.length, links, problems: [...new Set(problems)] };
}

function htmlBelow(dist) {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html") && entry.name !== "report.html")
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
    .sort();
}

/** The file behind a path of the site: itself, with `.html`, or the folder's index. */
function pageOf(dist, path) {
  const plain = path.replace(/^\//, "").replace(/\/$/, "");
  return [plain, `${plain}.html`, posix.join(plain, "index.html")].find(
    (file) => file !== "" && existsSync(join(dist, file)) && statSync(join(dist, file)).isFile(),
  );
}

function decode(text) {
  const plain = text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

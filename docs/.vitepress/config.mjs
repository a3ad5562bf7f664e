import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { pagesFolder, repository } from "../site/collect-pages.mjs";

const packages = ["gmr-tree", "trajcross", "e2dtc", "cosmat", "geo-core", "numeric", "eval", "nn", "bench"];
const title = (page) =>
  /^# (.+)$/m.exec(readFileSync(join(pagesFolder, page), "utf8"))?.[1]?.replaceAll("`", "") ?? page;
const pagesIn = (folder) =>
  existsSync(join(pagesFolder, folder))
    ? readdirSync(join(pagesFolder, folder))
        .filter((name) => name.endsWith(".md"))
        .sort()
        .map((name) => ({ text: title(`${folder}/${name}`), link: `/${folder}/${name.slice(0, -3)}` }))
    : [];
const guides = [
  { text: "Start", items: pagesIn("start") },
  { text: "Guides", items: pagesIn("guide") },
  { text: "Packages", items: packages.map((name) => ({ text: name, link: `/packages/${name}` })) },
  { text: "Examples", items: [...pagesIn("examples"), ...pagesIn("apps")] },
  {
    text: "Contributing",
    items: [{ text: "How to", link: "/contributing" }],
  },
  { text: "Decisions", collapsed: true, items: pagesIn("decisions") },
];
const sidebarFile = join(pagesFolder, "api/typedoc-sidebar.json");
const api = existsSync(sidebarFile) ? JSON.parse(readFileSync(sidebarFile, "utf8")) : [];

export default defineConfig({
  title: "Wayweave",
  description:
    "Trajectories, images, texts and places: three published systems as composable TypeScript packages, and a bench that reproduces their tables.",
  srcDir: ".cache/pages",
  outDir: "dist",
  cacheDir: ".cache/vitepress",
  cleanUrls: false,
  lastUpdated: false,
  // The built site's own check also looks at anchors and at what is loaded (site/check-site.mjs).
  ignoreDeadLinks: false,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: { headers: false, theme: { light: "github-light", dark: "github-dark" } },
  vite: { build: { chunkSizeWarningLimit: 4096 }, logLevel: "warn" },
  themeConfig: {
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository, ariaLabel: "The repository" }],
    nav: [
      { text: "Start", link: pagesIn("start")[0]?.link ?? "/" },
      { text: "Guides", link: "/guide/clustering" },
      { text: "API", link: "/api/" },
      { text: "Results", link: "/guide/results" },
      { text: "Report", link: "/report.html", target: "_self" },
    ],
    sidebar: { "/api/": [{ text: "API", link: "/api/", items: api }], "/": guides },
    outline: [2, 3],
    footer: { message: "Apache-2.0" },
  },
});

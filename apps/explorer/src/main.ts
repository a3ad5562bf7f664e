import "./style.css";
import { button, h } from "./foundation/dom.js";
import { Notices } from "./foundation/notices.js";
import type { Page, Panel } from "./foundation/page.js";
import { AddressState } from "./foundation/page-state.js";
import { palettes } from "./map/colors.js";
import { PicturePanel } from "./picture/panel.js";
import { PlacesPanel } from "./places/panel.js";
import { TracksPanel } from "./tracks/panel.js";

type PanelName = "tracks" | "picture" | "places";

const state = new AddressState();
const notices = new Notices();
const page: Page = { state, tell: (message) => notices.tell(message) };

const tracks = new TracksPanel(page);
const picture = new PicturePanel(page);
tracks.onTracks = (loaded) => picture.setTracks(loaded);
const panels: Readonly<Record<PanelName, Panel>> = { tracks, picture, places: new PlacesPanel(page) };
const names: readonly (readonly [PanelName, string])[] = [
  ["tracks", "Tracks"],
  ["picture", "Which track?"],
  ["places", "Photos and places"],
];

const side = h("div", { class: "side" });
const stage = h("main", { class: "stage", "aria-label": "Map" });
const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "What to explore" });

function show(name: PanelName): void {
  const panel = panels[name];
  for (const tab of tabs.children) {
    const isChosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.setAttribute("tabindex", isChosen ? "0" : "-1");
  }
  side.setAttribute("aria-labelledby", `tab-${name}`);
  side.replaceChildren(panel.controls);
  stage.replaceChildren(panel.stage);
  state.set({ panel: name === "tracks" ? undefined : name });
  panel.show?.();
}

for (const [name, label] of names) {
  tabs.append(
    button(label, () => show(name), {
      id: `tab-${name}`,
      role: "tab",
      "aria-controls": "side",
      class: "tab",
    }),
  );
}
tabs.addEventListener("keydown", (event) => {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const all = [...tabs.children] as HTMLElement[];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[(at + step + all.length) % all.length];
  next?.focus();
  next?.click();
});

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const themeButton = button(
  "",
  () => {
    state.set({ theme: isDark() ? "light" : "dark" });
    applyTheme();
  },
  { class: "quiet theme" },
);

function isDark(): boolean {
  return (state.get("theme") ?? (prefersDark.matches ? "dark" : "light")) === "dark";
}

function applyTheme(): void {
  const dark = isDark();
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  themeButton.textContent = dark ? "☀ Light" : "☾ Dark";
  themeButton.setAttribute("aria-label", dark ? "Show the page light" : "Show the page dark");
  for (const panel of Object.values(panels)) panel.setPalette(dark ? palettes.dark : palettes.light);
}
prefersDark.addEventListener("change", applyTheme);

side.id = "side";
side.setAttribute("role", "tabpanel");
document.body.append(
  h(
    "header",
    { class: "top" },
    h("h1", {}, h("span", { class: "mark", "aria-hidden": "true" }), "Wayweave"),
    tabs,
    themeButton,
  ),
  h("div", { class: "work" }, side, stage),
  notices.element,
);
applyTheme();
show(state.get("panel") ?? "tracks");
for (const problem of state.problems) page.tell(problem);
addEventListener("unhandledrejection", (event) =>
  page.tell(String((event.reason as Error)?.message ?? event.reason)),
);
void tracks.start();

/** What canvases are drawn with; the page's own colours come from its style sheet. */
export interface Palette {
  readonly isDark: boolean;
  readonly water: string;
  readonly land: string;
  readonly border: string;
  readonly grid: string;
  readonly road: string;
  readonly label: string;
  readonly halo: string;
  readonly accent: string;
  /** Of what has no cluster. */
  readonly none: string;
}

export const palettes: { readonly light: Palette; readonly dark: Palette } = {
  light: {
    isDark: false,
    water: "#dce8f0",
    land: "#f7f6f2",
    border: "#c3c8cc",
    grid: "rgba(60, 80, 100, 0.12)",
    road: "#e3dfd5",
    label: "#5b6670",
    halo: "rgba(255, 255, 255, 0.85)",
    accent: "#0b5cad",
    none: "#8a949c",
  },
  dark: {
    isDark: true,
    water: "#0d161d",
    land: "#182129",
    border: "#33414c",
    grid: "rgba(180, 210, 235, 0.10)",
    road: "#27323b",
    label: "#93a3b0",
    halo: "rgba(10, 16, 21, 0.85)",
    accent: "#6cb6ff",
    none: "#6a7883",
  },
};

/** Well apart for most eyes, on light ground; the dark ones are the same hues, lighter. */
const LIGHT = [
  "#0072b2",
  "#d55e00",
  "#008a62",
  "#b4438f",
  "#8a6d00",
  "#5b4bc4",
  "#b3122f",
  "#00838f",
  "#6b7d00",
  "#8c4a1f",
];
const DARK = [
  "#56b4e9",
  "#ff9550",
  "#33d6a6",
  "#ee8fcb",
  "#e8c840",
  "#a99bff",
  "#ff7b8b",
  "#4fd3de",
  "#c2d94c",
  "#d99f6c",
];

/** The colour of a cluster: ten that are well apart, and then hues between. */
export function clusterColor(cluster: number, palette: Palette): string {
  if (cluster < 0) return palette.none;
  const colors = palette.isDark ? DARK : LIGHT;
  if (cluster < colors.length) return colors[cluster]!;
  const hue = (cluster * 137.508 + 20) % 360;
  return palette.isDark ? `hsl(${hue.toFixed(0)} 70% 68%)` : `hsl(${hue.toFixed(0)} 65% 38%)`;
}

import { type MetricName, metricInfo } from "./metric-names.js";
import type { Estimate } from "./schema.js";

/** A metric's value as text, with its unit. */
export function formatValue(name: MetricName, value: number): string {
  switch (metricInfo[name].unit) {
    case "percent":
      return value.toFixed(value < 10 ? 2 : 1);
    case "fraction":
      return value.toFixed(3);
    case "count":
      return significant(value);
    case "ms":
      return `${significant(value)} ms`;
    case "perSecond":
      return `${significant(value)} /s`;
    case "ratio":
      return `${significant(value)}×`;
  }
}

/** The mean, and ± the interval's half-width where there is one. */
export function formatEstimate(name: MetricName, estimate: Estimate): string {
  const half = formatHalfWidth(name, estimate);
  const text = formatValue(name, estimate.mean);
  return half === undefined ? text : `${text} ±${half}`;
}

/** The larger half of the interval, without unit; undefined where seeds are one, or agree. */
export function formatHalfWidth(name: MetricName, { mean, low, high }: Estimate): string | undefined {
  if (high === low) return undefined;
  return formatValue(name, Math.max(high - mean, mean - low)).replace(/[\s×].*$/, "");
}

/** What the paper prints, as it prints it: no digits added. */
export function formatPaper(name: MetricName, value: number): string {
  return metricInfo[name].unit === "count" ? value.toLocaleString("en") : String(value);
}

export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Three significant digits, whole numbers from 1,000 on with separators. */
function significant(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

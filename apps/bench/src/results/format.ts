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

/** The mean, and its spread where there is one. */
export function formatEstimate(name: MetricName, estimate: Estimate): string {
  const spread = formatSpread(name, estimate);
  const text = formatValue(name, estimate.mean);
  return spread === undefined ? text : `${text} ${spread}`;
}

/**
 * How far the seeds lie apart, without unit: of two to four seeds their range, `(.85–.91)`; of five or more the half-width of the
 * 95 % bootstrap interval of the mean, `±.02`. Undefined where seeds are one, or agree.
 */
export function formatSpread(name: MetricName, { mean, low, high, values }: Estimate): string | undefined {
  const plain = (value: number) => formatValue(name, value).replace(/[\s×].*$/, "");
  if (values.length >= 5) return high === low ? undefined : `±${plain(Math.max(high - mean, mean - low))}`;
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  return least === largest ? undefined : `(${plain(least)}–${plain(largest)})`;
}

/** What a table's spreads are, for its legend. */
export const spreadLegend =
  "(…) is the range over two to four seeds, ± the 95 % interval of the mean over five or more";

/** What the paper prints, as it prints it: no digits added. */
export function formatPaper(name: MetricName, value: number): string {
  return metricInfo[name].unit === "count" ? value.toLocaleString("en") : String(value);
}

/** `340 ms`, `12.5 s`, `2 min 5 s`, `1 h 20 min`: rounded first, so that no minute has 60 seconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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

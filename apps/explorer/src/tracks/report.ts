import type { TrajectoriesReport } from "@wayweave/geo-core";
import { h } from "../foundation/dom.js";
import { counted } from "../foundation/plain-words.js";
import { reasonTable } from "../foundation/reason-table.js";

/** What reading came to: what was kept, and what was skipped and why. */
export function reportElement(report: TrajectoriesReport): HTMLElement {
  const formats = Object.entries(report.formats).map(([name, count]) => `${count} × ${name}`);
  const times = report.times.untimed > 0 ? `${counted(report.times.untimed, "point")} without a time` : "";
  const rows = [
    ...report.damagedFiles.map((each) => ["Not read", each] as const),
    ...report.skipped.map((each) => ["Skipped", each] as const),
    ...report.mended.map((each) => ["Mended", each] as const),
  ];
  const others = report.otherFiles.length;
  return h(
    "div",
    { class: "report" },
    h(
      "p",
      {},
      [
        `Read ${counted(report.trajectories, "track")} with ${counted(report.points, "point")} from ${counted(report.files, "file")} (${formats.join(", ")})`,
        times,
        others > 0 ? `${counted(others, "other file")} not opened` : "",
      ]
        .filter((part) => part !== "")
        .join("; "),
      ".",
    ),
    reasonTable(rows.map(([what, { reason, count, firstAt }]) => [what, reason, count, placeOf(firstAt)])),
  );
}

function placeOf({
  file,
  line,
  column,
}: {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}): string {
  return [file, line === undefined ? "" : `line ${line}`, column === undefined ? "" : `column ${column}`]
    .filter((part) => part !== undefined && part !== "")
    .join(", ");
}

// Figures of guides and of the examples' READMEs, written from committed JSON files. Two kinds of marks, both HTML comments:
//
//   <!-- json examples/service/results/load.json answeredPerSecond -->87<!-- /json -->
//   <!-- json-table examples/service/results/load.json routes
//   columns: answered; p50Ms p50, ms; statuses.503 refused
//   -->
//   (a Markdown table)
//   <!-- /json-table -->
//
// A path has dots between names. A table has a row for each entry of the object or list there, an object's names in its first column; a
// column is a path and, after a space, its label. What is not there is "–". Numbers are shown as they are in the file.

import { markdownTable } from "./markdown-table.mjs";

/**
 * @param {string} text a README
 * @param {(file: string) => any} read a file's content, by its path from the root of the repository
 * @returns {string} the README with every figure as the files have it
 */
export function withJsonFigures(text, read) {
  return text
    .replace(
      /(<!-- json (\S+) ([^\n]*?) -->)(.*?)(<!-- \/json -->)/g,
      (_, open, file, path, _old, close) => open + shown(required(read(file), file, path)) + close,
    )
    .replace(
      /(<!-- json-table (\S+) (\S+)\ncolumns: ([^\n]*)\n-->\n)([\s\S]*?)(<!-- \/json-table -->)/g,
      (_, open, file, path, columns, _old, close) =>
        open + table(required(read(file), file, path), columns) + close,
    );
}

function table(entries, spec) {
  const columns = spec.split(";").map((text) => {
    const [path, ...label] = text.trim().split(" ");
    return { path, label: label.length > 0 ? label.join(" ") : path };
  });
  const names = Array.isArray(entries) ? undefined : Object.keys(entries);
  const rows = Object.values(entries).map((entry, i) => [
    ...(names === undefined ? [] : [names[i]]),
    ...columns.map(({ path }) => shown(valueAt(entry, path))),
  ]);
  const head = [...(names === undefined ? [] : [""]), ...columns.map(({ label }) => label)];
  return markdownTable(head, rows, 1);
}

function required(content, file, path) {
  const value = valueAt(content, path);
  if (value === undefined) throw new Error(`json ${file}: has no ${path}`);
  return value;
}

function valueAt(content, path) {
  return path.split(".").reduce((value, name) => value?.[name], content);
}

function shown(value) {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number" && Math.abs(value) >= 10_000) return value.toLocaleString("en-US");
  return Array.isArray(value) ? value.map(shown).join(", ") : String(value);
}

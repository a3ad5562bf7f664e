import { describe, expect, it } from "vitest";
import { withJsonFigures } from "../lib/json-figures.mjs";

const files = {
  "a.json": { total: 12_345, list: [{ n: 1, t: { ms: 0.5 } }, { n: 2 }], by: { x: { ms: 3 } } },
};
const written = (text) => withJsonFigures(text, (file) => files[file]);

describe("withJsonFigures", () => {
  it("writes a value", () => {
    expect(written("<!-- json a.json total -->old<!-- /json --> rest")).toBe(
      "<!-- json a.json total -->12,345<!-- /json --> rest",
    );
  });

  it("writes a table of a list, and of an object", () => {
    const mark = (path, columns) => `<!-- json-table a.json ${path}\ncolumns: ${columns}\n-->\n`;
    const list = mark("list", "n; t.ms time, ms");
    expect(written(`${list}old\n<!-- /json-table -->`)).toBe(
      `${list}| n | time, ms |\n| --- | ---: |\n| 1 | 0.5 |\n| 2 | – |\n<!-- /json-table -->`,
    );
    const object = mark("by", "ms");
    expect(written(`${object}<!-- /json-table -->`)).toContain("|  | ms |\n| --- | ---: |\n| x | 3 |\n");
  });

  it("says what is not there", () => {
    expect(() => written("<!-- json a.json nothing -->1<!-- /json -->")).toThrow(
      "json a.json: has no nothing",
    );
  });
});

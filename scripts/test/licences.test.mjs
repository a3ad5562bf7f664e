import { describe, expect, it } from "vitest";
import { licenceProblems, scriptProblems } from "../lib/licences.mjs";

const of = (licence, name = "a") => licenceProblems({ [licence]: [{ name }] });

describe("licenceProblems", () => {
  it("takes permissive ones, in every spelling", () => {
    for (const licence of ["MIT", "Apache 2.0", "(MIT OR GPL-3.0)", "Apache-2.0 AND MIT"])
      expect(of(licence)).toEqual([]);
  });

  it("names what is not, both sides of AND included", () => {
    expect(of("GPL-3.0")).toEqual(["a: licence must be a permissive one, got GPL-3.0"]);
    expect(of("(MIT AND GPL-3.0)")).toHaveLength(1);
    expect(of("Unknown")).toHaveLength(1);
    expect(of("LGPL-3.0-or-later")).toHaveLength(1);
    expect(of("LGPL-3.0-or-later", "@img/sharp-libvips-linux-x64")).toEqual([]);
  });
});

it("scriptProblems names an install script", () => {
  const packages = [
    { folder: "packages/x", manifest: { scripts: { postinstall: "node x.mjs", build: "tsup" } } },
  ];
  expect(scriptProblems(packages)[0]).toContain("packages/x/package.json: must have no postinstall script");
});

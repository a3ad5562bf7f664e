import { expect, it } from "vitest";
import { parseRowPattern } from "../src/commands/row-pattern.js";

it("--only takes a row's name as it is printed, or a regular expression", () => {
  // As a regular expression alone, "+ k" asks for spaces and the brackets for nothing.
  for (const name of ["centroid + k-means on Porto", "E2DTC (paper's method) on GeoLife (authors' labels)"]) {
    expect(parseRowPattern(name).test(name)).toBe(true);
    expect(parseRowPattern(name).test("DTW + K-Medoids on Porto")).toBe(false);
  }
  expect(parseRowPattern("^(DTW|EDR) .* on Porto$").test("EDR + K-Medoids on Porto")).toBe(true);
  expect(parseRowPattern("medium")).toEqual(/medium/);
  expect(() => parseRowPattern("(")).toThrow("must be a regular expression, got (");
});

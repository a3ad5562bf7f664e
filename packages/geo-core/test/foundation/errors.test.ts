import { describe, expect, it } from "vitest";
import { FormatError, ShapeError, ValueError } from "../../src/foundation/errors.js";

describe("errors", () => {
  it("tells its kind by instanceof, and no other kind", () => {
    expect(new ValueError("x")).toBeInstanceOf(ValueError);
    expect(new ValueError("x")).not.toBeInstanceOf(ShapeError);
    expect(new Error("x")).not.toBeInstanceOf(ValueError);
    expect(new ValueError("x").name).toBe("ValueError");
  });

  it("recognises the same kind from another copy of the module", () => {
    const foreign = Object.assign(new Error("x"), { code: "WAYWEAVE_SHAPE" });
    expect(foreign).toBeInstanceOf(ShapeError);
  });

  it("starts a FormatError's message with the place", () => {
    const error = new FormatError('latitude must be a number, got "abc"', {
      file: "a.plt",
      line: 8,
      column: 1,
    });
    expect(error.message).toBe('a.plt:8:1: latitude must be a number, got "abc"');
    expect(error.line).toBe(8);
    expect(new FormatError("truncated", { byteOffset: 12 }).message).toBe("byte 12: truncated");
  });
});

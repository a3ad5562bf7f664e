import { afterEach, describe, expect, it, vi } from "vitest";
import { askedThreads, ValueError } from "../src/index.js";

afterEach(() => vi.unstubAllEnvs());

describe("askedThreads", () => {
  it("is what WAYWEAVE_THREADS says, or undefined", () => {
    vi.stubEnv("WAYWEAVE_THREADS", "3");
    expect(askedThreads("here")).toBe(3);
    vi.stubEnv("WAYWEAVE_THREADS", "");
    expect(askedThreads("here")).toBeUndefined();
  });

  it.each(["0", "-1", "1.5", "two"])("refuses %s, and names the variable", (text) => {
    vi.stubEnv("WAYWEAVE_THREADS", text);
    expect(() => askedThreads("here")).toThrow(ValueError);
    expect(() => askedThreads("here")).toThrow(/here: .*WAYWEAVE_THREADS must be a positive integer, got/);
  });
});

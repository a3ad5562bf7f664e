import { describe, expect, it } from "vitest";
import { counted, durationInWords, errorInWords, metersInWords } from "../src/foundation/plain-words.js";

describe("words for people", () => {
  it("says an error without the function it came from", () => {
    expect(errorInWords(new Error("clusterTrips: k must be at most 3, got 9"))).toBe(
      "k must be at most 3, got 9.",
    );
    expect(errorInWords(new Error("TrackFinder.add: set must be lonlat"))).toBe("Set must be lonlat.");
    expect(errorInWords(new Error("a.gpx:3:5: broken XML"))).toBe("a.gpx:3:5: broken XML.");
    expect(errorInWords(new Error(""))).toBe("Something went wrong, and nothing says what.");
  });

  it("counts and measures", () => {
    expect([counted(1, "track"), counted(10_000, "track")]).toEqual(["1 track", "10,000 tracks"]);
    expect([0.5, 12.34, 350.4, 4_240, 23_400].map(metersInWords)).toEqual([
      "0.50 m",
      "12.3 m",
      "350 m",
      "4.2 km",
      "23 km",
    ]);
    expect([35_000, 12 * 60_000, 200 * 60_000, 7_200_000].map(durationInWords)).toEqual([
      "35 s",
      "12 min",
      "3 h 20 min",
      "2 h",
    ]);
  });
});

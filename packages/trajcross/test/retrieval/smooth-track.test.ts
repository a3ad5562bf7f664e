import { Random } from "@wayweave/geo-core";
import { describe, expect, it } from "vitest";
import { smoothTrack } from "../../src/retrieval/smooth-track.js";

const parabola = Float64Array.from({ length: 2 * 25 }, (_, i) => {
  const t = Math.floor(i / 2);
  return i % 2 === 0 ? 3 + 2 * t : 0.1 * t * t - t;
});

describe("smoothTrack", () => {
  it("leaves a parabola as it is, its ends too", () => {
    for (const halfWidth of [2, 5, 9]) {
      smoothTrack(parabola, halfWidth).forEach((value, i) => {
        expect(value).toBeCloseTo(parabola[i]!, 9);
      });
    }
  });

  it("weighs five neighbours by −3, 12, 17, 12, −3 of 35", () => {
    // One point of 35 among zeros: what it counts for its neighbours.
    const track = new Float64Array(2 * 9);
    track[2 * 4] = 35;
    const smooth = smoothTrack(track, 2);
    const x = Array.from({ length: 9 }, (_, i) => Math.round(1e9 * smooth[2 * i]!) / 1e9);
    // The middle ones; at the ends parabolas hang over.
    expect(x.slice(2, 7)).toEqual([-3, 12, 17, 12, -3]);
  });

  it("takes most of the noise away, the more the wider", () => {
    const random = new Random(5);
    const noisy = parabola.map((value) => value + random.normal());
    const errorOf = (track: Float64Array) =>
      Math.sqrt(track.reduce((sum, value, i) => sum + (value - parabola[i]!) ** 2, 0) / track.length);
    const [still, some, many] = [noisy, smoothTrack(noisy, 5), smoothTrack(noisy, 9)].map(errorOf);
    expect(some).toBeLessThan(0.75 * still!);
    expect(many).toBeLessThan(some!);
  });

  it("leaves short tracks as they are, and takes what neighbours there are", () => {
    const short = Float64Array.of(0, 0, 1, 5, 2, 0, 3, 5);
    expect(smoothTrack(short, 5)).toEqual(short);
    const five = Float64Array.of(0, 0, 1, 5, 2, 0, 3, 5, 4, 0);
    expect(smoothTrack(five, 5)).toHaveLength(10);
    expect(smoothTrack(five, 5)).not.toEqual(five);
  });
});

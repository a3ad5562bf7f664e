import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDate, parseDecimal, parseTimeOfDay } from "../../src/reading/bytes.js";
import { parseIsoTime } from "../../src/reading/iso-time.js";

const decimal = (text: string) => parseDecimal(Buffer.from(text), 0, text.length);

describe("parseDecimal", () => {
  it("is Number, to the last bit, for every number written out", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decimal(String(value))).toBe(Number(String(value)));
      }),
      { numRuns: 2000 },
    );
  });

  it("is Number for any digits, points and signs, or NaN", () => {
    const digits = fc.array(fc.constantFrom(..."0123456789"), { maxLength: 30 }).map((d) => d.join(""));
    fc.assert(
      fc.property(fc.constantFrom("", "-", "+"), digits, digits, fc.boolean(), (sign, whole, part, point) => {
        const text = `${sign}${whole}${point ? "." : ""}${part}`;
        expect(decimal(text)).toBe(/\d/.test(text) ? Number(text) : Number.NaN);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["", "-", ".", "NaN", "Infinity", "1e999", "0x10", "1 ", " 1", "1,5", "--1", "1.2.3", "1e", "٣"])(
    "refuses %j",
    (text) => {
      const bytes = Buffer.from(text);
      expect(parseDecimal(bytes, 0, bytes.length)).toBeNaN();
    },
  );
});

describe("dates and times", () => {
  it("are Date's, for every second of the calendar", () => {
    const range = {
      min: new Date("0100-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const text = date.toISOString();
        const ms =
          parseDate(Buffer.from(text.slice(0, 10)), 0, 10) +
          parseTimeOfDay(Buffer.from(text.slice(11, 19)), 0, 8);
        expect(ms).toBe(1000 * Math.floor(date.getTime() / 1000));
        expect(parseIsoTime(text)).toBe(date.getTime());
      }),
    );
  });

  it.each([
    "2008-02-30",
    "2007-02-29",
    "2008-13-01",
    "2008-00-01",
    "2008-01-00",
    "2008-1-001",
    "2008/01-01",
    "20o8-01-01",
  ])("has no day %s", (text) => {
    expect(parseDate(Buffer.from(text), 0, text.length)).toBeNaN();
  });
});

import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";

const read = (name: string, text: string, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories([{ name, data: new TextEncoder().encode(text) }], options);

/** A sentence with its checksum. */
function sentence(body: string): string {
  let sum = 0;
  for (const letter of body) sum ^= letter.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`;
}
const lines = (...bodies: string[]) => `${bodies.map(sentence).join("\r\n")}\r\n`;
const at = (iso: string) => Date.parse(`${iso}Z`);

describe("NMEA 0183", () => {
  it("joins what an instant's sentences say; others are passed over", async () => {
    const text = lines(
      "GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1",
      "GPGGA,123519.50,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
      "GPRMC,123519.50,A,4807.038,N,01131.000,E,022.4,084.4,230320,003.1,W",
      "GPRMC,123520.50,A,3307.5,S,07031.5,W,,,230320,,",
    );
    const { set, report } = await read("walk.nmea", text);
    expect([set.ids, report.records, report.kept, report.formats]).toEqual([["walk"], 2, 2, { nmea: 1 }]);
    expect([...set.coordinates]).toEqual([
      11 + 31 / 60,
      48 + 7.038 / 60,
      -(70 + 31.5 / 60),
      -(33 + 7.5 / 60),
    ]);
    expect([...set.timesMs!]).toEqual([at("2020-03-23T12:35:19.500"), at("2020-03-23T12:35:20.500")]);
    expect([...(set.pointColumns.elevationMeters as Float64Array)]).toEqual([545.4, Number.NaN]);
    expect([...(set.pointColumns.headingDegrees as Float64Array)]).toEqual([84.4, Number.NaN]);
    expect((set.pointColumns.speedMetersPerSecond as Float64Array)[0]).toBeCloseTo((22.4 * 1852) / 3600, 12);
  });

  it.each([
    ["with another name", "log.txt", ""],
    ["behind a logger's time", "log.txt", "2020-03-23T12:35:19 > "],
    ["of any system", "a.nmea", ""],
  ])("is known %s", async (_, name, before) => {
    const text = [
      "GNRMC,123519,A,4807.038,N,01131.000,E,,,230320,,,A",
      "GNGNS,123520,4807.038,N,01131.000,E,RR,13,0.9,255.7,,,",
    ]
      .map((body) => before + sentence(body))
      .join("\n");
    const { set } = await read(name, text);
    expect([...set.timesMs!]).toEqual([at("2020-03-23T12:35:19"), at("2020-03-23T12:35:20")]);
  });

  it("leaves instants without a fix out, and has no time before the first date", async () => {
    const text = lines(
      "GPRMC,123518,V,,,,,,,,,,N",
      "GPGGA,123518,,,,,0,00,,,M,,M,,",
      "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
      "GPZDA,123520,23,03,2020,00,00",
      "GPGLL,4807.038,N,01131.000,E,123520,A",
    );
    const { set, report } = await read("a.nmea", text);
    expect([...set.timesMs!]).toEqual([Number.NaN, at("2020-03-23T12:35:20")]);
    expect(report.skipped).toEqual([
      { reason: "no position", count: 1, firstAt: { file: "a.nmea", line: 1 } },
    ]);
    expect([report.records, report.times.untimed]).toEqual([3, 1]);
  });

  it("goes on at midnight, whichever sentence comes first", async () => {
    const fix = (type: "RMC" | "GGA", time: string, date: string) =>
      type === "GGA"
        ? `GPGGA,${time},4807.038,N,01131.000,E,1,08,0.9,1,M,1,M,,`
        : `GPRMC,${time},A,4807.038,N,01131.000,E,,,${date},,`;
    for (const order of [
      ["RMC", "GGA"],
      ["GGA", "RMC"],
    ] as const) {
      const text = lines(
        ...order.map((type) => fix(type, "235959", "311219")),
        ...order.map((type) => fix(type, "000000", "010120")),
        fix("GGA", "000001", ""),
      );
      const { set } = await read("a.nmea", text);
      const midnight = Date.UTC(2020, 0, 1);
      expect([...set.timesMs!].slice(-3)).toEqual([midnight - 1000, midnight, midnight + 1000]);
    }
  });

  it("tells a broken sentence, and reads the rest leniently", async () => {
    const good = sentence("GPRMC,123519,A,4807.038,N,01131.000,E,,,230320,,");
    const broken = `${good.replace("4807", "4907")}\n${good}\n${sentence("GPRMC,123520,A,4867.038,N,01131.000,E,,,230320,,")}\n`;
    await expect(read("a.nmea", broken)).rejects.toThrow("a.nmea:1: a sentence must have its checksum");
    const { set, report } = await read("a.nmea", broken, { lenient: true });
    expect([set.pointCount, report.records, report.kept]).toEqual([1, 4, 1]);
    expect(report.skipped.map(({ reason }) => reason).sort()).toEqual([
      "broken checksum",
      "no position",
      "not a number",
    ]);
    // Old receivers write none.
    expect((await read("a.nmea", good.replace(/\*.*/, ""))).set.pointCount).toBe(1);
    await expect(read("a.nmea", good, { coordinateSystem: "planar" })).rejects.toThrow("NMEA holds degrees");
  });
});

describe("IGC", () => {
  const flight = (date: string, ...fixes: string[]) =>
    [
      "AXXXABC FLIGHT:1",
      date,
      "HFPLTPILOTINCHARGE: Ana Núñez",
      "HFGTYGLIDERTYPE:ASK 21",
      ...fixes,
      "G0123",
    ].join("\r\n");

  it.each(["HFDTE160720", "HFDTEDATE:160720,01", "HFDTEDATE160720", "HODTE 160720"])(
    "reads fixes, with the date %s",
    async (date) => {
      const text = flight(
        date,
        "B1101355206343N00006198WA0058700558",
        "B1101455206259S00006295EV00593-0055",
        "LXXX a comment",
      );
      const { set, report } = await read("a.igc", text);
      expect([...set.coordinates]).toEqual([-(6.198 / 60), 52 + 6.343 / 60, 6.295 / 60, -(52 + 6.259 / 60)]);
      expect([...set.timesMs!]).toEqual([at("2020-07-16T11:01:35"), at("2020-07-16T11:01:45")]);
      expect([...(set.pointColumns.elevationMeters as Float64Array)]).toEqual([558, Number.NaN]);
      expect([...(set.pointColumns.pressureAltitudeMeters as Float64Array)]).toEqual([587, 593]);
      expect(set.properties).toEqual({ pilot: ["Ana Núñez"], gliderType: ["ASK 21"] });
      expect([report.records, report.kept, report.formats]).toEqual([2, 2, { igc: 1 }]);
    },
  );

  it("takes further digits that the recorder declares", async () => {
    const text = flight(
      "HFDTE160720",
      "I033637LAD3839LOD4042TDS",
      "B1101355206343N00006198WA00587005581299250",
    );
    const { set } = await read("flight.txt", text);
    expect([...set.coordinates]).toEqual([-(6.19899 / 60), 52 + 6.34312 / 60]);
    expect([...set.timesMs!]).toEqual([at("2020-07-16T11:01:35.250")]);
  });

  it("goes on at midnight, leaves out what came before the first fix, and is untimed without a date", async () => {
    const fixes = [
      "B2359580000000N00000000EV0000000000",
      "B2359595206343N00006198WA0058700558",
      "B0000015206343N00006198WA0058700558",
    ];
    const { set, report } = await read("a.igc", flight("HFDTE311219", ...fixes));
    expect([...set.timesMs!]).toEqual([at("2019-12-31T23:59:59"), at("2020-01-01T00:00:01")]);
    expect(report.skipped).toMatchObject([{ reason: "no position", count: 1 }]);
    const undated = await read("a.igc", flight("HFDTM100GPSDATUM:WGS-84", ...fixes));
    expect([undated.set.timesMs, undated.report.times.untimed]).toEqual([undefined, 2]);
  });

  it("is no file of another kind by its name, nor are NMEA's logs", async () => {
    for (const name of ["a.igc", "a.nmea"]) {
      await expect(read(name, "nothing\nof the kind\n")).rejects.toThrow(`${name}: `);
    }
    await expect(read("a.igc", flight("HFDTE160720"))).rejects.toThrow("a.igc: ");
    expect((await read("a.nmea", lines("GPGSA,A,1,,,,,,,,,,,,,,,"))).set.length).toBe(0);
  });

  it("tells a fix that is broken", async () => {
    const text = flight(
      "HFDTE160720",
      ...[
        "B1101355206343N0000619",
        "B1101355296343N00006198WA0058700558",
        "B1101355206343N00006198WA0058700558",
      ],
    );
    await expect(read("a.igc", text)).rejects.toThrow("a.igc:5: a fix must be BHHMMSS");
    const { report } = await read("a.igc", text, { lenient: true });
    expect(report.skipped).toMatchObject([{ reason: "broken off", count: 2 }]);
    expect([report.records, report.kept]).toEqual([3, 1]);
  });
});

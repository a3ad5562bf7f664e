import { describe, expect, it } from "vitest";
import { readTrajectories } from "../../src/index.js";
import { parseAngle } from "../../src/reading/angle.js";

const read = async (text: string) => {
  const { set } = await readTrajectories([{ name: "a.csv", data: new TextEncoder().encode(text) }]);
  return [...set.coordinates];
};

describe("degrees with letters and marks", () => {
  it.each([
    [`52°31'12"N`, 52 + 31 / 60 + 12 / 3600],
    ["N 52.52", 52.52],
    ["52,52 N", 52.52],
    ["s1°14.04′", -(1 + 14.04 / 60)],
    ["1°14′2.4″S", -(1 + 14 / 60 + 2.4 / 3600)],
    ["1°14′2,4″S", -(1 + 14 / 60 + 2.4 / 3600)],
    ["S0 08.040", -8.04 / 60],
    [`S10 08'02.4"`, -(10 + 8 / 60 + 2.4 / 3600)],
    ["52:31:12N", 52 + 31 / 60 + 12 / 3600],
    ["49.0733336N", 49.0733336],
    ["-1.5°", -1.5],
    ["−1.5º", -1.5],
    ["5° 30' N", 5.5],
  ])("%s", (text, degrees) => {
    expect(parseAngle(text, "latitude")).toBeCloseTo(degrees, 12);
  });

  it.each([
    ["52.5", "a plain number is none"],
    ["5°E", "the other axis"],
    ["-5 N", "a sign and a letter"],
    ["N5N", "two letters"],
    ["5.5°30'N", "a fraction before minutes"],
    ["5°60'N", "sixty minutes"],
    ["5°30'60\"N", "sixty seconds"],
    ["5 O", "a letter of two meanings"],
    ["N", "no number"],
    ["5°30'20\"10N", "a fourth part"],
    ["", "nothing"],
  ])("%j is refused: %s", (text) => {
    expect(parseAngle(text, "latitude")).toBeNaN();
  });

  it("are read in CSV, whatever delimits it", async () => {
    expect(await read(`lat,lon\n"52°30'00""N","13°15'00""W"\nN52.25,E13.5\n`)).toEqual([
      -13.25, 52.5, 13.5, 52.25,
    ]);
    expect(await read("lat;lon\n52,5 N;13,25 E\n52,75°N;13,5°W\n")).toEqual([13.25, 52.5, -13.5, 52.75]);
  });

  it("take their letter from a column of its own, named or not", async () => {
    const named = "INDEX,LATITUDE,N/S,LONGITUDE,E/W,\n1,33.5,S,70.25,W,\n2,33.75,N,70.5,E,\n";
    expect(await read(named)).toEqual([-70.25, -33.5, 70.5, 33.75]);
    expect(await read("Lat\t\tLon\t\n33.5\tS\t70.25\tW\n")).toEqual([-70.25, -33.5]);
    await expect(read("lat,n/s,lon\n33.5,X,70\n")).rejects.toThrow(
      'lat must be a number or an angle, got "33.5"',
    );
  });

  it("are told by the header too: LATITUDE N/S", async () => {
    expect(await read("INDEX,LATITUDE N/S,LONGITUDE E/W\n1,49.5N,125.75W\n")).toEqual([-125.75, 49.5]);
  });

  it("are read in GPX and in text columns of tables", async () => {
    const gpx = '<gpx version="1.1"><trk><trkseg><trkpt lat="52,5" lon="13.25 W"/></trkseg></trk></gpx>';
    await expect(readTrajectories([{ name: "a.gpx", data: new TextEncoder().encode(gpx) }])).rejects.toThrow(
      'lat="52,5"',
    ); // a comma alone may be anything
    const sound = gpx.replace("52,5", "N52,5");
    const { set } = await readTrajectories([{ name: "a.gpx", data: new TextEncoder().encode(sound) }]);
    expect([...set.coordinates]).toEqual([-13.25, 52.5]);
  });
});

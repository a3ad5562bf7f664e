import { describe, expect, it } from "vitest";
import { type ReadTrajectoriesOptions, readTrajectories } from "../../src/index.js";

// What services and devices hand out, in small; every file here is written for the test.

const read = (name: string, value: unknown, options: ReadTrajectoriesOptions = {}) =>
  readTrajectories(
    [{ name, data: new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)) }],
    options,
  );
const at = Date.UTC(2024, 4, 1, 10);
const iso = (second: number): string => new Date(at + 1000 * second).toISOString();

describe("Google's location history", () => {
  it("of a phone: paths are lines; visits, activities and raw signals are counted", async () => {
    const span = { startTime: "2024-05-01T12:00:00.000+02:00", endTime: "2024-05-01T14:00:00.000+02:00" };
    const candidate = { topCandidate: { type: "WALKING", placeLocation: { latLng: "50.1°, 14.1°" } } };
    const timeline = {
      semanticSegments: [
        { ...span, visit: candidate },
        {
          ...span,
          timelinePath: [
            { point: "50.1°, 14.1°", time: span.startTime },
            { point: "-50.2°, 14.2°", time: iso(60) },
          ],
        },
        {
          ...span,
          activity: { start: { latLng: "50.1°, 14.1°" }, end: { latLng: "50.2°, 14.2°" }, ...candidate },
        },
      ],
      rawSignals: [
        { position: { LatLng: "50.1°, 14.1°", timestamp: iso(0) } },
        { wifiScan: { deliveryTime: iso(0) } },
      ],
      userLocationProfile: { frequentPlaces: [] },
    };
    const { set, report } = await read("Timeline.json", timeline);
    expect([set.length, [...set.coordinates], [...set.timesMs!]]).toEqual([
      1,
      [14.1, 50.1, 14.2, -50.2],
      [at, at + 60_000],
    ]);
    expect(set.properties).toEqual({ startTime: [span.startTime], endTime: [span.endTime] });
    expect([report.records, report.kept]).toEqual([5, 1]);
    expect(report.skipped).toMatchObject([
      { reason: "no line: raw signal", count: 2 },
      { reason: "no line: visit", count: 1 },
      { reason: "no line: activity", count: 1 },
    ]);
  });

  it("of an iPhone: a list of segments, times in minutes from the start", async () => {
    const span = { startTime: iso(0), endTime: iso(7200) };
    const { set } = await read("location-history.json", [
      { ...span, visit: { topCandidate: { placeLocation: "geo:50.1,14.1" } } },
      {
        ...span,
        timelinePath: [
          { point: "geo:50.1,14.1", durationMinutesOffsetFromStartTime: "0" },
          { point: "geo:50.2,14.2", durationMinutesOffsetFromStartTime: "2" },
        ],
      },
    ]);
    expect([[...set.coordinates], [...set.timesMs!]]).toEqual([
      [14.1, 50.1, 14.2, 50.2],
      [at, at + 120_000],
    ]);
  });

  it("of a month as it was before: activities over their paths", async () => {
    const ends = {
      startLocation: { latitudeE7: 501_000_000, longitudeE7: 141_000_000 },
      endLocation: { latitudeE7: 503_000_000, longitudeE7: 143_000_000 },
      duration: { startTimestamp: iso(0), endTimestamp: iso(20) },
    };
    const points = [{ latE7: 502_000_000, lngE7: 142_000_000, timestampMs: `${at + 10_000}` }];
    const waypoints = [{ latE7: 502_000_000, lngE7: 142_000_000 }];
    const { set, report } = await read("2021_MAY.json", {
      timelineObjects: [
        {
          activitySegment: {
            ...ends,
            activityType: "CYCLING",
            simplifiedRawPath: { points },
            waypointPath: { waypoints },
          },
        },
        { placeVisit: { location: { latitudeE7: 501_000_000, longitudeE7: 141_000_000 } } },
        { activitySegment: { ...ends, activityType: "WALKING", waypointPath: { waypoints } } },
        { activitySegment: { ...ends, activityType: "FLYING" } },
      ],
    });
    const way = [14.1, 50.1, 14.2, 50.2, 14.3, 50.3];
    expect([...set.coordinates]).toEqual([...way, ...way, ...way.slice(0, 2), ...way.slice(4)]);
    expect([...set.timesMs!]).toEqual([
      at,
      at + 10_000,
      at + 20_000,
      at,
      Number.NaN,
      at + 20_000,
      at,
      at + 20_000,
    ]);
    expect(set.properties.activityType).toEqual(["CYCLING", "WALKING", "FLYING"]);
    expect(report.skipped).toMatchObject([{ reason: "no line: visit", count: 1 }]);
  });

  it("tells of times that no date can be, and of points without a place", async () => {
    const place = { latitudeE7: 501_000_000, longitudeE7: 141_000_000 };
    const activity = (duration: object, waypoints: readonly unknown[] = []) => ({
      timelineObjects: [
        {
          activitySegment: {
            startLocation: place,
            endLocation: place,
            duration,
            waypointPath: { waypoints },
          },
        },
      ],
    });
    const late = activity({ startTimestampMs: "9".repeat(30), endTimestampMs: `${at}` });
    await expect(read("late.json", late)).rejects.toThrow(/late\.json.*time/s);
    const lost = activity({ startTimestamp: iso(0), endTimestamp: iso(9) }, [{ note: "no place" }]);
    await expect(read("lost.json", lost)).rejects.toThrow(/lost\.json.*position/s);
    const path = { startTime: iso(0), endTime: iso(9), timelinePath: [{ point: "geo:50.1,14.1" }, "gone"] };
    await expect(read("path.json", [path])).rejects.toThrow(/path\.json.*position/s);
    const far = { point: "geo:50.1,14.1", durationMinutesOffsetFromStartTime: "9".repeat(20) };
    const { set } = await read("far.json", [{ ...path, timelinePath: [far, far] }]);
    expect([...(set.timesMs ?? [])].every(Number.isNaN)).toBe(true);
  });
});

describe("trackers", () => {
  it("OwnTracks: tst is the time, tid the tracker", async () => {
    const fix = (i: number, tid: string) => ({
      _type: "location",
      lat: 50 + i,
      lon: 10 + i,
      tst: at / 1000 + i,
      created_at: 1,
      tid,
    });
    const { set } = await read("rec.json", { count: 3, data: [fix(0, "ab"), fix(1, "ab"), fix(2, "cd")] });
    expect([set.ids, [...set.timesMs!]]).toEqual([
      ["ab", "cd"],
      [at, at + 1000, at + 2000],
    ]);
  });

  it("Traccar: positions of devices, with ids of their own", async () => {
    const position = (i: number, deviceId: number) => ({
      id: 100 + i,
      deviceId,
      protocol: "osmand",
      serverTime: iso(99),
      deviceTime: iso(98),
      fixTime: iso(i),
      valid: true,
      latitude: 50 + i,
      longitude: 10 + i,
      altitude: 5,
      attributes: { motion: i > 0 },
    });
    const { set } = await read("positions.json", [position(0, 7), position(1, 7), position(2, 8)]);
    expect([set.ids, [...set.timesMs!]]).toEqual([
      ["7", "8"],
      [at, at + 1000, at + 2000],
    ]);
    expect(set.pointColumns.id).toEqual(Float64Array.of(100, 101, 102));
  });

  it("OsmAnd: speeds in extensions, the track's name in the metadata", async () => {
    const text = `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<gpx version="1.1" creator="OsmAnd 4.7" xmlns="http://www.topografix.com/GPX/1/1" xmlns:osmand="https://osmand.net/docs/technical/osmand-file-formats/osmand-gpx">
<metadata><name>2024-05-01_10-00_Wed</name><time>${iso(0)}</time></metadata>
<trk><trkseg><trkpt lat="50" lon="10"><ele>200.5</ele><time>${iso(0)}</time><hdop>5</hdop><extensions><osmand:speed>1.5</osmand:speed></extensions></trkpt>
<trkpt lat="51" lon="11"><ele>201.5</ele><time>${iso(1)}</time><extensions><osmand:speed>2.5</osmand:speed></extensions></trkpt></trkseg></trk>
<extensions><osmand:show_arrows>false</osmand:show_arrows></extensions></gpx>`;
    const { set } = await read("a.gpx", text);
    expect(set.properties).toEqual({ name: ["2024-05-01_10-00_Wed"] });
    expect(set.pointColumns.speed).toEqual(Float64Array.of(1.5, 2.5));
  });
});

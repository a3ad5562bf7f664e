import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  azimuthalEquidistant,
  greatCircleDistanceMeters,
  localEquirectangular,
  normalizeLongitude,
  type Position,
  projectSet,
  TrajectorySet,
  unprojectSet,
  WEB_MERCATOR_LIMIT_METERS,
  WEB_MERCATOR_MAX_LATITUDE,
  webMercator,
} from "../../src/index.js";
import { lonLat, midLatitude } from "../support/arbitraries.js";
import { readGolden } from "../support/golden.js";

interface LocalRow {
  center: Position;
  lonLat: Position;
  xy: Position;
}
const golden = readGolden<{
  webMercator: { lonLat: Position; xy: Position }[];
  azimuthalEquidistant: LocalRow[];
  equirectangular: LocalRow[];
}>("geodesy.json");

const apart = (a: Position, b: Position) => Math.hypot(a[0] - b[0], a[1] - b[1]);

describe("projections against PROJ", () => {
  it("Web Mercator is EPSG:3857, both ways", () => {
    for (const row of golden.webMercator) {
      expect(apart(webMercator.forward(row.lonLat), row.xy)).toBeLessThan(1e-6);
      expect(greatCircleDistanceMeters(webMercator.inverse(row.xy), row.lonLat)).toBeLessThan(1e-6);
    }
  });

  it("azimuthal equidistant is aeqd on the sphere", () => {
    for (const row of golden.azimuthalEquidistant) {
      expect(apart(azimuthalEquidistant(row.center).forward(row.lonLat), row.xy)).toBeLessThan(1e-6);
    }
  });

  it("local equirectangular is eqc on the sphere", () => {
    for (const row of golden.equirectangular) {
      expect(apart(localEquirectangular(row.center).forward(row.lonLat), row.xy)).toBeLessThan(1e-6);
    }
  });
});

describe("Web Mercator", () => {
  it("maps its square's corner to ±180°, ±85.0511°", () => {
    expect(webMercator.forward([180, WEB_MERCATOR_MAX_LATITUDE])[0]).toBeCloseTo(20037508.342789244, 6);
    expect(webMercator.forward([180, WEB_MERCATOR_MAX_LATITUDE])[1]).toBeCloseTo(
      WEB_MERCATOR_LIMIT_METERS,
      5,
    );
    const corner = webMercator.inverse([WEB_MERCATOR_LIMIT_METERS, -WEB_MERCATOR_LIMIT_METERS]);
    expect(corner[0]).toBe(180);
    expect(corner[1]).toBeCloseTo(-WEB_MERCATOR_MAX_LATITUDE, 9);
  });

  it("refuses what lies beyond, instead of clamping it", () => {
    expect(() => webMercator.forward([0, 86])).toThrow(
      "webMercator.forward: latitude must be in [-85.0511287798066, 85.0511287798066], got 86",
    );
    expect(() => webMercator.inverse([2.1e7, 0])).toThrow("webMercator.inverse: x and y must be in");
  });

  it("inverse ∘ forward is the identity", () => {
    const inSquare = fc.tuple(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -WEB_MERCATOR_MAX_LATITUDE, max: WEB_MERCATOR_MAX_LATITUDE, noNaN: true }),
    );
    fc.assert(
      fc.property(inSquare, (position) => {
        const back = webMercator.inverse(webMercator.forward(position));
        expect(apart(back, position)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe("local projections", () => {
  it("azimuthal equidistant keeps distances from the centre, anywhere", () => {
    fc.assert(
      fc.property(lonLat, lonLat, (center, position) => {
        const [x, y] = azimuthalEquidistant(center).forward(position);
        expect(Math.abs(Math.hypot(x, y) - greatCircleDistanceMeters(center, position))).toBeLessThan(1e-6);
      }),
    );
  });

  it("azimuthal equidistant: inverse ∘ forward is the identity, poles and antimeridian included", () => {
    fc.assert(
      fc.property(lonLat, lonLat, (center, position) => {
        const projection = azimuthalEquidistant(center);
        const back = projection.inverse(projection.forward(position));
        expect(greatCircleDistanceMeters(back, position)).toBeLessThan(1e-5);
      }),
    );
  });

  it("equirectangular: inverse ∘ forward is the identity", () => {
    fc.assert(
      fc.property(midLatitude, lonLat, (center, position) => {
        const projection = localEquirectangular(center);
        const back = projection.inverse(projection.forward(position));
        expect(greatCircleDistanceMeters(back, position)).toBeLessThan(1e-6);
      }),
    );
  });

  it("equirectangular goes across the antimeridian the short way", () => {
    const [x, y] = localEquirectangular([179.99, 0]).forward([-179.99, 0]);
    expect(x).toBeCloseTo((0.02 * Math.PI * 6371008.8) / 180, 6); // 0.02° of the equator
    expect(y).toBe(0);
  });

  it("equirectangular refuses a centre near a pole", () => {
    expect(() => localEquirectangular([0, 89.5])).toThrow(
      "localEquirectangular: center latitude must be in [-89, 89], got 89.5",
    );
  });
});

describe("normalizeLongitude", () => {
  it.each([
    [190, -170],
    [-190, 170],
    [180, -180],
    [-180, -180],
    [540, -180],
    [0.1, 0.1],
    [-180.00000000000003, 179.99999999999997],
  ])("%d → %d", (lon, expected) => {
    expect(normalizeLongitude(lon)).toBeCloseTo(expected, 12);
  });

  it("stays in [−180, 180)", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (lon) => {
        const wrapped = normalizeLongitude(lon);
        expect(wrapped >= -180 && wrapped < 180).toBe(true);
      }),
    );
  });
});

describe("projectSet", () => {
  const set = TrajectorySet.fromArrays(
    [
      [
        [116.3, 39.9],
        [116.4, 40],
      ],
    ],
    { ids: ["a"] },
  );

  it("goes there and back", () => {
    const projected = projectSet(set, webMercator);
    expect(projected.coordinateSystem).toBe("planar");
    expect(projected.at(0).id).toBe("a");
    const back = unprojectSet(projected, webMercator);
    for (const [i, value] of back.coordinates.entries()) expect(value).toBeCloseTo(set.coordinates[i]!, 9);
  });

  it("refuses the wrong side", () => {
    expect(() => projectSet(projectSet(set, webMercator), webMercator)).toThrow(
      "projectSet: set must be lonlat, got planar",
    );
    expect(() => unprojectSet(set, webMercator)).toThrow("unprojectSet: set must be planar, got lonlat");
  });
});

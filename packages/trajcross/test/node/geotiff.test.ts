import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeArrayBuffer } from "geotiff";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../../src/node/read-picture.js";

const [width, height] = [8, 4];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "geotiff-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Pixels 0, 1, 2, … and 0.01 units a pixel from (10, 50) on, to the right and down. */
async function write(name: string, tags: Record<string, unknown>): Promise<string> {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => i);
  const buffer = await writeArrayBuffer(pixels, {
    width,
    height,
    SamplesPerPixel: 3,
    BitsPerSample: [8, 8, 8],
    PhotometricInterpretation: 2,
    ...tags,
  } as never);
  const file = path.join(folder, name);
  await writeFile(file, new Uint8Array(buffer));
  return file;
}
const placed = {
  ModelPixelScale: [0.01, 0.01, 0],
  ModelTiepoint: [0, 0, 0, 10, 50, 0],
  GTRasterTypeGeoKey: 1,
};

describe("readPicture of a GeoTIFF", () => {
  it("reads pixels, and corners in degrees from the tags", async () => {
    const file = await write("degrees.tif", { ...placed, GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4326 });
    const picture = await readPicture(file);
    expect([picture.width, picture.height, picture.channels]).toEqual([8, 4, 3]);
    expect([...picture.data.slice(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    // 8 × 0.01 to the right of 10, 4 × 0.01 below 50
    picture.bounds!.forEach((value, i) => {
      expect(value).toBeCloseTo([10, 49.96, 10.08, 50][i]!, 9);
    });
  });

  it("brings Web Mercator to degrees: 111,319.49 m along the equator are one degree", async () => {
    const file = await write("mercator.tif", {
      ModelPixelScale: [111_319.490_793_273_57, 111_319.490_793_273_57, 0],
      ModelTiepoint: [0, 0, 0, 0, 0, 0],
      GTRasterTypeGeoKey: 1,
      GTModelTypeGeoKey: 1,
      ProjectedCSTypeGeoKey: 3857,
    });
    const { bounds } = await readPicture(file);
    expect(bounds![0]).toBeCloseTo(0, 9);
    expect(bounds![2]).toBeCloseTo(8, 9);
    expect(bounds![3]).toBeCloseTo(0, 9);
  });

  it("takes other systems as a plane only where told so", async () => {
    const file = await write("utm.tif", { ...placed, GTModelTypeGeoKey: 1, ProjectedCSTypeGeoKey: 32_633 });
    await expect(readPicture(file)).rejects.toThrow(
      'utm.tif: a GeoTIFF must be in EPSG:4326 or EPSG:3857, got EPSG:32633; "gdalwarp -t_srs EPSG:3857" brings it there',
    );
    expect((await readPicture(file, { worldFiles: "planar" })).bounds![0]).toBe(10);
  });

  it("has no corners without tags, and names a damaged file", async () => {
    const file = path.join(folder, "plain.tif");
    const white = { width, height, channels: 3, background: "#ffffff" } as const;
    await sharp({ create: white }).tiff({ compression: "lzw" }).toFile(file);
    const picture = await readPicture(file);
    expect([picture.width, picture.height, picture.bounds]).toEqual([8, 4, undefined]);
    expect(picture.data.every((value) => value === 255)).toBe(true);
    await writeFile(file, (await readFile(file)).subarray(0, 40));
    await expect(readPicture(file)).rejects.toThrow("plain.tif: must be a whole TIFF file");
  });

  it("prefers what lies beside it", async () => {
    const file = await write("beside.tif", { ...placed, GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4326 });
    const corners = { upperLeft: [1, 2], lowerRight: [3, 0], coordinateSystem: "lonlat" };
    await writeFile(path.join(folder, "beside.json"), JSON.stringify(corners));
    expect((await readPicture(file)).bounds).toEqual([1, 0, 3, 2]);
  });
});

it("a picture that is not there is a FormatError that names it", async () => {
  const missing = readPicture("/no/such/picture.png");
  await expect(missing).rejects.toThrow(
    "/no/such/picture.png: the picture must be a file that can be read (ENOENT",
  );
  await expect(missing).rejects.toMatchObject({ name: "FormatError" });
});

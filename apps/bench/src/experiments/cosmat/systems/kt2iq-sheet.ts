import { greatCircleDistanceMeters, type Position } from "@wayweave/geo-core";
import { z } from "zod";
import { type GeoSheetRow, geoContactSheet } from "../../../report/pictures/geo-contact-sheet.js";
import type { TileContent } from "../../../report/pictures/tile.js";
import { rawArrays } from "../../../results/raw-arrays.js";
import type { Picture } from "../../experiment.js";

/** A text or a photo at a place. */
const itemSchema = z.object({
  class: z.string(),
  lon: z.number(),
  lat: z.number(),
  text: z.string(),
  /** The photo's file; of a text query or answer empty. */
  photo: rawArrays.uint8,
});
export type SheetItem = z.infer<typeof itemSchema>;

/** A few queries with their answers, and the map's background. */
export const sheetSchema = z.object({
  queries: z.array(z.object({ query: itemSchema, answers: z.array(itemSchema) })),
  /** Cities of the region, `[cities, 2]`, lon/lat. */
  cities: rawArrays.float32,
});
export type SheetRaw = z.infer<typeof sheetSchema>;

/** The contact sheet: pictures or texts, and maps. */
export function drawSheet(title: string, { queries, cities }: SheetRaw): Picture {
  const rows = queries.map(({ query, answers }): GeoSheetRow => {
    const place = placeOf(query);
    return {
      place,
      answerPlaces: answers.map(placeOf),
      query: { content: contentOf(query), caption: [query.class, placeName(place)] },
      answers: answers.map((answer, i) => ({
        content: contentOf(answer),
        caption: [`${i + 1} ${answer.class}`, kilometers(greatCircleDistanceMeters(place, placeOf(answer)))],
        hit: answer.class === query.class,
      })),
    };
  });
  const key =
    "left: the query and its place; right: the answers by meaning and distance together (μ = .5); ✓ has the query's class";
  return { title, svg: geoContactSheet({ title, key, rows, backdrop: cities }) };
}

function contentOf({ photo, text }: SheetItem): TileContent {
  return photo.length > 0 ? { image: photo } : { text };
}

function placeOf({ lon, lat }: SheetItem): Position {
  return [lon, lat];
}

function placeName([lon, lat]: Position): string {
  return `${Math.abs(lat).toFixed(1)}° ${lat < 0 ? "S" : "N"} ${Math.abs(lon).toFixed(1)}° ${lon < 0 ? "W" : "E"}`;
}

function kilometers(meters: number): string {
  return `${(meters / 1000).toFixed(meters < 10_000 ? 1 : 0)} km`;
}

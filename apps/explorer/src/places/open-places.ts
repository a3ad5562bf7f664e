import type { Job } from "../foundation/worker-calls.js";
import type { PlacesReport } from "./api.js";
import { Drafts } from "./drafts.js";
import { readPhoto } from "./photos.js";
import type { PlaceList } from "./place-list.js";
import { readGeoJson, readTable } from "./place-tables.js";

const PHOTOS = /\.(jpe?g|png|webp|heic|heif|tiff?|avif)$/i;
const TABLES = /\.(csv|tsv)$/i;
const GEOJSON = /\.(geojson|geojsonl|ndjson|json)$/i;
const TEXTS = /\.txt$/i;

interface NamedFile {
  readonly name: string;
  readonly data: Blob;
}

/**
 * Places out of photos, tables and GeoJSON, in any mixture. Rows of a table that name a photo describe it; `holiday.txt` describes `holiday.jpg`.
 *
 * @throws {ValueError} no place in any of them; says why
 */
export async function openPlaces(
  files: readonly NamedFile[],
  { signal, onProgress }: Job,
): Promise<{ readonly places: PlaceList; readonly report: PlacesReport }> {
  const drafts = new Drafts();
  const texts = new Map(
    files.filter(({ name }) => TEXTS.test(name)).map(({ name, data }) => [stemOf(name), data]),
  );
  for (const [done, { name, data }] of files.entries()) {
    signal.throwIfAborted();
    onProgress({ phase: name, done, total: files.length });
    try {
      if (PHOTOS.test(name)) await readPhoto(name, data, await texts.get(stemOf(name))?.text(), drafts);
      else if (TABLES.test(name)) readTable(await data.text(), name, drafts);
      else if (GEOJSON.test(name)) readGeoJson(await data.text(), name, drafts);
      else if (!TEXTS.test(name)) drafts.skip("neither a photo nor a list of places", name);
    } catch (error) {
      // A file that was moved away, or may not be read.
      drafts.skip(`cannot be read: ${(error as Error).message}`, name);
    }
  }
  return drafts.finish(files.length);
}

function stemOf(name: string): string {
  return name.replace(/\.[^./]*$/, "").toLowerCase();
}

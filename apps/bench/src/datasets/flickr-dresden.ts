import { FormatError, Random } from "@wayweave/geo-core";
import Papa from "papaparse";
import type { LoadedData, RunContext } from "../experiments/experiment.js";
import { readEntries, textEntry } from "./zip-entries.js";

/** Photos' places and tags. */
export interface TaggedPlaces extends LoadedData {
  /** `[photos, 2]`, lon/lat */
  readonly positions: Float64Array;
  /** Of each photo, without repeats; `[photos]` */
  readonly tags: readonly (readonly string[])[];
}

const FEWEST_TAGS = 3;

/** Photos of Dresden with at least three tags; made-up ones of twelve themes where the set is not found. */
export function loadFlickrDresden(context: RunContext): Promise<TaggedPlaces> {
  return context.load("flickr-dresden", "tagged photos", async (located) => {
    if (located === undefined) return syntheticPhotos();
    const archive = located.paths[0]!;
    const file = "flickr-dresden.csv";
    const { data, errors } = Papa.parse<{ lat: string; lng: string; hashtags: string }>(
      textEntry(await readEntries(archive), file, archive),
      { header: true, skipEmptyLines: true },
    );
    if (errors.length > 0)
      throw new FormatError(errors[0]!.message, { file, line: (errors[0]!.row ?? 0) + 2 });
    const rows = data.map(({ lat, lng, hashtags }) => ({
      position: [Number(lng), Number(lat)] as const,
      tags: [...new Set(hashtags.split(";").filter((tag) => tag !== ""))],
    }));
    const kept = rows.filter(
      ({ tags, position }) => tags.length >= FEWEST_TAGS && position.every(Number.isFinite),
    );
    return {
      positions: Float64Array.from(kept.flatMap(({ position }) => position)),
      tags: kept.map(({ tags }) => tags),
      provenance: {
        name: "Flickr Dresden",
        source: "real",
        files: located.files,
        sha256: located.sha256,
        counts: { photos: kept.length, "skipped: fewer than three tags": rows.length - kept.length },
      },
    };
  });
}

function syntheticPhotos(): TaggedPlaces {
  const random = new Random(1).split("dresden");
  const count = 600;
  const positions = new Float64Array(2 * count);
  const tags = Array.from({ length: count }, (_, i) => {
    const theme = random.integer(12);
    positions[2 * i] = 13.7 + 0.01 * (theme % 4) + 0.005 * random.normal();
    positions[2 * i + 1] = 51 + 0.01 * Math.floor(theme / 4) + 0.005 * random.normal();
    const words = Array.from({ length: 5 }, () => `theme${theme}word${random.integer(6)}`);
    return [...new Set([...words, `common${random.integer(20)}`, `rare${random.integer(40)}`])].slice(0, 5);
  });
  return {
    positions,
    tags,
    provenance: {
      name: "Flickr Dresden",
      source: "synthetic",
      files: [],
      sha256: [],
      counts: { photos: count },
    },
  };
}

import { ValueError } from "@wayweave/geo-core";
import type { PlacesReport, Reason } from "./api.js";
import { numberKinds, type PlaceList } from "./place-list.js";

/** A place as a file gives it. */
export interface Draft {
  readonly name: string;
  readonly text: string;
  readonly position?: readonly [lon: number, lat: number] | undefined;
  readonly kind?: string | undefined;
  readonly rating?: number | undefined;
  /** The photo that it is about, by name; or the photo itself. */
  readonly file?: string | undefined;
  readonly photo?: Blob | undefined;
  /** Where it stands, for the report. */
  readonly at: string;
}

/** What was read so far, and what was left out and why. */
export class Drafts {
  readonly all: Draft[] = [];
  readonly #skipped = new Map<string, Reason>();
  readonly #mended = new Map<string, Reason>();

  add(draft: Draft): void {
    this.all.push(draft);
  }

  skip(reason: string, at: string): void {
    note(this.#skipped, reason, at);
  }

  mend(reason: string, at: string): void {
    note(this.#mended, reason, at);
  }

  /**
   * Rows about a photo and the photo itself become one place; what has no position then is left out.
   *
   * @throws {ValueError} nothing is left
   */
  finish(files: number): { readonly places: PlaceList; readonly report: PlacesReport } {
    const photos = new Map<string, Draft[]>();
    for (const draft of this.all) {
      if (draft.photo === undefined) continue;
      const name = baseName(draft.name);
      photos.set(name, [...(photos.get(name) ?? []), draft]);
    }
    const placed: (Draft & { readonly position: readonly [number, number] })[] = [];
    const rowsOf = new Set<Draft>();
    for (const draft of this.all) {
      const own = draft.file === undefined ? undefined : photoOf(draft.file, photos);
      if (own === undefined) continue;
      rowsOf.add(own);
      rowsOf.add(draft);
      this.#place(placed, {
        ...draft,
        name: draft.name || own.name,
        text: [draft.text, own.text].filter((text) => text !== "").join(", "),
        position: draft.position ?? own.position,
        kind: draft.kind ?? own.kind,
        rating: draft.rating ?? own.rating,
        photo: own.photo,
      });
    }
    for (const draft of this.all) if (!rowsOf.has(draft)) this.#place(placed, draft);
    if (placed.length === 0) throw new ValueError(this.#nothing());
    const { numbers, names } = numberKinds(placed.map(({ kind }) => kind ?? "place"));
    return {
      places: {
        names: placed.map(({ name, kind }, i) => name || `${kind ?? "place"} ${i + 1}`),
        texts: placed.map(({ text }) => text),
        searched: placed.map(({ name, kind, text }) => `${name} ${kind ?? ""} ${text}`),
        kinds: numbers,
        kindNames: names,
        positions: Float64Array.from(placed.flatMap(({ position }) => position)),
        ratings: Float64Array.from(placed, ({ rating }) => rating ?? Number.NaN),
        photos: placed.map(({ photo }) => photo),
      },
      report: {
        files,
        places: placed.length,
        photos: placed.filter(({ photo }) => photo !== undefined).length,
        skipped: [...this.#skipped.values()],
        mended: [...this.#mended.values()],
      },
    };
  }

  #place(placed: (Draft & { readonly position: readonly [number, number] })[], draft: Draft): void {
    const { position, at, photo } = draft;
    if (position === undefined) {
      this.skip(photo === undefined ? "has no position" : "photo that does not say where it was taken", at);
    } else if (!(Math.abs(position[0]) <= 180 && Math.abs(position[1]) <= 90)) {
      this.skip("longitude or latitude out of range", at);
    } else placed.push({ ...draft, position });
  }

  #nothing(): string {
    const why = [...this.#skipped.values()].map(
      ({ reason, count, firstAt }) => `${reason} (${count}, first at ${firstAt})`,
    );
    return `No place was found${why.length === 0 ? "" : `: ${why.join("; ")}`}. Places are read from photos with a position in their EXIF data, from CSV tables with columns lon and lat, and from GeoJSON.`;
  }
}

function note(reasons: Map<string, Reason>, reason: string, at: string): void {
  const known = reasons.get(reason);
  reasons.set(reason, { reason, count: (known?.count ?? 0) + 1, firstAt: known?.firstAt ?? at });
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}

/**
 * The photo of a name in a table: that whose path ends so, or the only one of this name in any folder; undefined where several could be.
 *
 * @param photos by their names without folders
 */
function photoOf(file: string, photos: ReadonlyMap<string, readonly Draft[]>): Draft | undefined {
  const wanted = file.replaceAll("\\", "/").replace(/^\.\//, "");
  const namesakes = photos.get(baseName(wanted)) ?? [];
  const byPath = namesakes.filter(({ name }) => `/${name}`.endsWith(`/${wanted}`));
  const found = byPath.length > 0 ? byPath : namesakes;
  return found.length === 1 ? found[0] : found.find(({ name }) => name === wanted);
}

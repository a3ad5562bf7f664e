import { TrajectorySet } from "@wayweave/geo-core";
import type { ImageSet } from "../data/images.js";
import { joinArrays } from "../internal/parts.js";

/** Images of a gallery, or a part of them. */
export interface GalleryImages {
  readonly set: ImageSet;
  /** One an image. */
  readonly ids: readonly string[];
  /** `[images, embeddingSize]` */
  readonly embeddings: Float32Array;
}

/** Trajectories of a gallery, or a part of them. */
export interface GalleryTrajectories {
  readonly set: TrajectorySet;
  /** `[trajectories, embeddingSize]` */
  readonly embeddings: Float32Array;
}

export function joinImages(parts: readonly GalleryImages[]): GalleryImages {
  const sets = parts.map(({ set }) => set);
  return {
    set: {
      ...sets[0]!,
      pixels: joinArrays(
        Uint8Array,
        sets.map(({ pixels }) => pixels),
      ),
      extents: joinArrays(
        Float64Array,
        sets.map(({ extents }) => extents),
      ),
    },
    ids: parts.flatMap(({ ids }) => ids),
    embeddings: joinEmbeddings(parts),
  };
}

export function joinTrajectories(parts: readonly GalleryTrajectories[]): GalleryTrajectories {
  return { set: TrajectorySet.concat(parts.map(({ set }) => set)), embeddings: joinEmbeddings(parts) };
}

function joinEmbeddings(parts: readonly { readonly embeddings: Float32Array }[]): Float32Array {
  return joinArrays(
    Float32Array,
    parts.map(({ embeddings }) => embeddings),
  );
}

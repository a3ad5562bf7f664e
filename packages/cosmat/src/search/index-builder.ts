import { type Position, ShapeError } from "@wayweave/geo-core";
import { type AttributeColumns, GmrTree } from "@wayweave/gmr-tree";
import type { CoSMatConfig } from "../model/cosmat.js";
import { type CommonSpace, type FeaturePair, fitSpace, type Modality, stacked } from "./common-space.js";
import { VectorRows } from "./vector-rows.js";
import type { Attributes, AttributeTypes } from "./where.js";

/** What is kept of an item. */
export interface StoredItem<Payload> {
  /** Longitude and latitude, degrees; of a photo given without, those of its EXIF data. */
  readonly position: Position;
  /** Those that are known. */
  readonly attributes?: Attributes;
  /** As it was given; after `load`, as JSON gave it back. */
  readonly payload?: Payload;
}

/** An item that has been encoded. */
export interface EncodedItem<Payload> extends StoredItem<Payload> {
  readonly image?: Float32Array;
  readonly text?: Float32Array;
}

export type Trees = { readonly [M in Modality]?: GmrTree<Attributes> };

/** The vectors of one modality, and the items that they belong to. */
interface Column {
  readonly ids: number[];
  readonly vectors: VectorRows;
}

/**
 * Takes encoded items one by one. Until the common space is there, their features are held back; afterwards only their
 * vectors in it are kept.
 */
export class IndexBuilder<Payload> {
  readonly items: StoredItem<Payload>[] = [];
  readonly #fitPairs: number;
  readonly #held: { readonly id: number; readonly item: EncodedItem<Payload> }[] = [];
  readonly #columns: { [M in Modality]?: Column } = {};
  /** Lengths of the encoders' vectors. */
  readonly #widths: { [M in Modality]?: number } = {};
  #space: CommonSpace | undefined;
  #pairs = 0;

  /** @param fitPairs whole items after which the space is fitted; `HELD_PER_PAIR` times as many items at most are held back */
  constructor(space: CommonSpace | undefined, fitPairs: number) {
    this.#space = space;
    this.#fitPairs = fitPairs;
  }

  get space(): CommonSpace | undefined {
    return this.#space;
  }

  /** @throws {ShapeError} a vector of another length than those before; the builder stays as it was */
  add(item: EncodedItem<Payload>): void {
    const id = this.items.length;
    for (const modality of ["image", "text"] as const) this.#checkWidth(modality, item[modality]);
    // What may fail comes first: an item whose vectors cannot be made is not among the items.
    const vectors = this.#space === undefined ? undefined : vectorsOf(this.#space, item);
    const { position, attributes, payload } = item;
    this.items.push({
      position,
      ...(attributes === undefined ? {} : { attributes }),
      ...(payload === undefined ? {} : { payload }),
    });
    for (const modality of ["image", "text"] as const) {
      if (item[modality] !== undefined) this.#widths[modality] = item[modality].length;
    }
    if (vectors !== undefined) this.#insert(id, vectors);
    else {
      this.#held.push({ id, item });
      if (item.image !== undefined && item.text !== undefined) this.#pairs++;
    }
  }

  /** Whether enough items are held back for the space to be fitted. */
  get isReadyToFit(): boolean {
    return (
      this.#space === undefined &&
      (this.#pairs >= this.#fitPairs || this.#held.length >= HELD_PER_PAIR * this.#fitPairs)
    );
  }

  /** Fits the space to what is held back, and lets go of it. */
  async fit(where: string, config: CoSMatConfig): Promise<void> {
    const pairs = this.#held.flatMap(({ item: { image, text } }): FeaturePair[] =>
      image === undefined || text === undefined ? [] : [{ image, text }],
    );
    const space = await fitSpace(where, pairs, config);
    this.#space = space;
    for (const { id, item } of this.#held) this.#insert(id, vectorsOf(space, item));
    this.#held.length = 0;
  }

  /** The trees, each with the attributes of its items. */
  finish(types: AttributeTypes, signal: AbortSignal | undefined): Trees {
    const trees: { [M in Modality]?: GmrTree<Attributes> } = {};
    for (const modality of ["image", "text"] as const) {
      const column = this.#columns[modality];
      if (column === undefined) continue;
      const { ids, vectors } = column;
      const positions = new Float64Array(2 * ids.length);
      ids.forEach((id, i) => {
        positions.set(this.items[id]!.position, 2 * i);
      });
      trees[modality] = GmrTree.build({
        dimensions: vectors.columns,
        positions,
        vectors: vectors.take(),
        ids,
        attributes: this.#attributesOf(ids, types),
        signal,
      }) as unknown as GmrTree<Attributes>;
    }
    return trees;
  }

  /** A column an attribute; where none of the items has it, its type alone. */
  #attributesOf(ids: readonly number[], types: AttributeTypes): AttributeColumns {
    return Object.fromEntries(
      Object.entries(types).map(([name, type]) => {
        const values = ids.map((id) => {
          const own = this.items[id]!.attributes;
          return own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
        });
        return [name, values.some((value) => value !== undefined) ? values : type];
      }),
    ) as AttributeColumns;
  }

  #checkWidth(modality: Modality, features: Float32Array | undefined): void {
    const width = this.#widths[modality];
    if (features === undefined || width === undefined || features.length === width) return;
    throw new ShapeError(
      `the ${modality} encoder's vector must have ${width} entries, as those before, got ${features.length}`,
    );
  }

  #insert(id: number, vectors: ItemVectors): void {
    for (const modality of ["image", "text"] as const) {
      const vector = vectors[modality];
      if (vector === undefined) continue;
      this.#columns[modality] ??= { ids: [], vectors: new VectorRows(vector.length) };
      this.#columns[modality].ids.push(id);
      this.#columns[modality].vectors.push(vector);
    }
  }
}

type ItemVectors = { readonly [M in Modality]?: ArrayLike<number> };

/** An item's vectors in the common space. */
function vectorsOf(space: CommonSpace, item: EncodedItem<unknown>): ItemVectors {
  return Object.fromEntries(
    (["image", "text"] as const).flatMap((modality) => {
      const features = item[modality];
      return features === undefined ? [] : [[modality, space.vectors(modality, stacked([features])).data]];
    }),
  );
}

/** Where few items have both, at most this many times the wanted pairs are held in memory. */
const HELD_PER_PAIR = 4;

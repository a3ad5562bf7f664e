import { StateError, ValueError } from "@wayweave/geo-core/foundation";
import type { AttributeValues } from "../attributes/schema.js";
import type { GmrObject } from "../columns.js";
import type { Id } from "../query.js";
import type { StoredGmrObject } from "../stored-object.js";
import {
  checkArray,
  checkId,
  checkKeys,
  checkLength,
  checkPosition,
  checkStringId,
  LARGEST_ID,
  shown,
} from "./checks.js";
import type { Forest, StoredObject } from "./forest.js";
import type { ObjectList } from "./object-list.js";
import { pack } from "./pack.js";
import type { TreeContents } from "./prepare-search.js";
import type { StringIds } from "./string-ids.js";
import { writeUnitVector } from "./unit-vector.js";

/** An object as users give it, of a tree with any attributes and ids. */
type GivenObject = GmrObject<Readonly<Record<string, never>>> & { readonly id?: Id | undefined };

const objectNames = ["position", "vector", "attributes", "id"] as const;

/** A tree's objects under their ids: a list of them until it is finished, and a forest from then on. */
export class Collection implements TreeContents {
  readonly forest: Forest;
  readonly ids: StringIds | undefined;
  /** What was added and is not packed yet; undefined in a finished tree. */
  #pending: ObjectList | undefined;
  /** The number that an object gets which is given none. */
  #nextId: number;

  constructor(forest: Forest, ids: StringIds | undefined, pending: ObjectList | undefined, nextId: number) {
    this.forest = forest;
    this.ids = ids;
    this.#pending = pending;
    this.#nextId = nextId;
  }

  get size(): number {
    return this.#pending?.count ?? this.forest.size;
  }

  get byteLength(): number {
    return this.#pending?.byteLength ?? this.forest.byteLength;
  }

  /** @throws {StateError} before `finish` */
  finished(where: string): Forest {
    if (this.#pending !== undefined)
      throw new StateError(`${where}: the tree is not finished; call finish() first`);
    return this.forest;
  }

  add(where: string, object: GivenObject): Id {
    const pending = this.#pending;
    if (pending === undefined) throw new StateError(`${where}: the tree is finished; use insert`);
    return this.#put(where, object, pending, ({ id, x, y, unit, values }) =>
      pending.push(id, x, y, unit, values),
    );
  }

  finish(where: string): void {
    const pending = this.#pending;
    if (pending === undefined) throw new StateError(`${where}: the tree is already finished`);
    this.forest.adopt(pack(where, pending, { ...this.forest.options, onObjects: () => {} }));
    this.#pending = undefined;
  }

  insert(where: string, object: GivenObject): Id {
    const forest = this.finished(where);
    return this.#put(where, object, forest, (stored) => forest.push(stored));
  }

  remove(where: string, id: Id): boolean {
    const removed = this.finished(where).remove(this.#numberOf(where, id));
    if (removed) this.ids?.remove(id as string);
    return removed;
  }

  update(where: string, id: Id, object: GivenObject): void {
    const forest = this.finished(where);
    checkKeys(where, "object", object, objectNames);
    const number = this.#numberOf(where, id);
    if (!forest.has(number) || (object.id !== undefined && object.id !== id)) {
      throw new ValueError(`${where}: id must be an object's, got ${shown(id)}`);
    }
    forest.replace({ id: number, ...this.#checkObject(where, object) });
  }

  has(where: string, id: Id): boolean {
    return this.finished(where).has(this.#numberOf(where, id));
  }

  get<I extends Id>(where: string, id: I): StoredGmrObject<Readonly<Record<string, never>>, I> | undefined {
    const forest = this.finished(where);
    const found = forest.locate(this.#numberOf(where, id));
    if (found === undefined) return undefined;
    const { columns, i } = found;
    const from = columns.vectorOffset(i);
    const { schema, dimensions } = forest.options;
    const attributes = schema.names.map(
      (name, a) => [name, schema.decode(a, columns.attribute(i, a))] as const,
    );
    return {
      id,
      position: [columns.positions[2 * i]!, columns.positions[2 * i + 1]!],
      vector: columns.vectors.slice(from, from + dimensions),
      attributes: Object.fromEntries(
        attributes.filter(([, value]) => value !== undefined),
      ) as AttributeValues<never>,
    };
  }

  /** The number of an id; −1 of one that no object can have. @throws {ValueError} an id of the other kind */
  #numberOf(where: string, id: unknown): number {
    const kind = this.ids === undefined ? "number" : "string";
    if (typeof id !== kind) throw new ValueError(`${where}: id must be a ${kind}, got ${shown(id)}`);
    if (this.ids !== undefined) return this.ids.find(id);
    return Number.isInteger(id) ? (id as number) : -1;
  }

  #checkObject(where: string, object: GivenObject): Omit<StoredObject, "id"> {
    const { position, vector, attributes } = object;
    const { planar, dimensions, schema } = this.forest.options;
    checkArray(where, "vector", vector);
    checkLength(where, "vector", vector, dimensions);
    checkPosition(where, "position", position, planar);
    const unit = new Float32Array(dimensions);
    writeUnitVector(where, "vector", vector, 0, dimensions, unit, 0);
    return { x: position[0], y: position[1], unit, values: schema.encodeObject(where, attributes) };
  }

  #put(
    where: string,
    object: GivenObject,
    target: { has(id: number): boolean },
    push: (object: StoredObject) => void,
  ): Id {
    checkKeys(where, "object", object, objectNames);
    const stored = this.#checkObject(where, object);
    if (this.ids !== undefined) {
      const { id } = object;
      checkStringId(where, "id", id);
      if (this.ids.find(id) >= 0) throw new ValueError(`${where}: ids must differ, got ${shown(id)} twice`);
      push({ id: this.ids.next, ...stored });
      this.ids.add(id);
      return id;
    }
    if (object.id === undefined && this.#nextId > LARGEST_ID) {
      throw new ValueError(`${where}: no id is left after ${LARGEST_ID}; give the object an id that is free`);
    }
    const id: unknown = object.id ?? this.#nextId;
    checkId(where, "id", id);
    if (target.has(id)) throw new ValueError(`${where}: ids must differ, got ${id} twice`);
    push({ id, ...stored });
    this.#nextId = Math.max(this.#nextId, id + 1);
    return id;
  }
}

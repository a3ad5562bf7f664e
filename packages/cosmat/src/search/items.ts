import { checkInRange, checkLength, checkOptions, type Position, ValueError } from "@wayweave/geo-core";
import type { GivenAttributes } from "./where.js";

/** A photo, a text, or both, at a place. */
export interface GeoItem<Image, Payload = unknown> {
  /** What the index's image encoder reads: in Node a path or bytes. */
  readonly image?: Image;
  /** What the index's text encoder reads. */
  readonly text?: string;
  /** Longitude and latitude. @defaultValue where the photo was taken, by its EXIF data */
  readonly position?: Position;
  /**
   * Values that `where` asks for: strings, numbers, or true and false; of one type in all items that have them. Those that are null are not
   * known.
   */
  readonly attributes?: GivenAttributes;
  /** Comes back with a hit; JSON, if the index is to be saved. */
  readonly payload?: Payload;
}

/** An item that could not be indexed. */
export interface ItemFailure {
  /** Its place among the items, from 0. */
  readonly item: number;
  /** The error's message. */
  readonly reason: string;
}

/** @throws {ValueError} no object, an unknown field, neither image nor text, a text that is none, a position out of range */
export function checkItem<Image>(where: string, index: number, item: GeoItem<Image>): void {
  const name = `${where}: items[${index}]`;
  if (typeof item !== "object" || item === null) {
    throw new ValueError(`${name} must be an object, got ${item === null ? "null" : typeof item}`);
  }
  checkOptions(name, item, ["image", "text", "position", "attributes", "payload"]);
  if (item.image === null) throw new ValueError(`${name}.image must be given or left out, got null`);
  if (item.image === undefined && item.text === undefined) {
    throw new ValueError(`${name} must have an image or a text, got neither`);
  }
  if (item.text !== undefined && typeof item.text !== "string") {
    throw new ValueError(
      `${name}.text must be a string, got ${item.text === null ? "null" : typeof item.text}`,
    );
  }
  if (item.position !== undefined) checkPosition(where, `items[${index}].position`, item.position);
}

/** @throws {ValueError} no pair of numbers, or out of range @throws {ShapeError} another length */
export function checkPosition(where: string, name: string, position: Position): void {
  if (!Array.isArray(position) && !ArrayBuffer.isView(position)) {
    throw new ValueError(`${where}: ${name} must be [longitude, latitude], got ${JSON.stringify(position)}`);
  }
  checkLength(where, name, position, 2);
  position.forEach((value, axis) => {
    if (typeof value !== "number") {
      throw new ValueError(`${where}: ${name}[${axis}] must be a number, got ${JSON.stringify(value)}`);
    }
  });
  checkInRange(where, `${name}[0]`, position[0], -180, 180);
  checkInRange(where, `${name}[1]`, position[1], -90, 90);
}

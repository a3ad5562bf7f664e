import { ValueError } from "@wayweave/geo-core";

/**
 * Arrays, maps and errors of another realm (a `vm` context, an iframe, a test runner) are of other classes than ours, so that
 * `instanceof` denies them. These look at what a value is, not at where it was made.
 */

/**
 * Typed arrays of another realm are of another class: they become views of the same memory in this realm's class.
 *
 * @returns undefined for anything that is not an array of that kind
 */
export function asOwnArray<Data extends ArrayBufferView>(
  type: { new (buffer: ArrayBuffer, byteOffset: number, length: number): Data; readonly name: string },
  values: unknown,
): Data | undefined {
  if (kindOf(values) !== type.name) return undefined;
  const array = values as Data & { readonly length: number };
  if (Object.getPrototypeOf(array) === (type as unknown as { prototype: unknown }).prototype) return array;
  return new type(array.buffer as ArrayBuffer, array.byteOffset, array.length);
}

/** `Float32Array`, whatever realm it is from. */
export function kindOf(values: unknown): string {
  return Object.prototype.toString.call(values).slice("[object ".length, -1);
}

/** What an error says, or what was thrown in place of one. */
export function messageOf(error: unknown): string {
  const message = (error as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : String(error);
}

/** The first line of {@link messageOf}: native code appends where it stands. */
export function firstLineOf(error: unknown): string {
  return messageOf(error).split("\n")[0]!.trim();
}

/**
 * Requires bytes where a caller hands in a file's contents.
 *
 * @throws {ValueError} anything else, a path among it
 */
export function checkBytes(where: string, bytes: Uint8Array): void {
  if (!ArrayBuffer.isView(bytes)) {
    throw new ValueError(
      `${where}: bytes must be a Uint8Array, got ${bytes === null ? "null" : typeof bytes}`,
    );
  }
}

/**
 * Kinds of built-in objects, told without `instanceof`: an object of another realm (an iframe, a worker's message, a test
 * runner's sandbox) is one too.
 */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** Whether a value is a `Float64Array`, of this realm or another. */
export function isFloat64Array(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "[object Float64Array]";
}

/** Whether a value is a `Float32Array`, of this realm or another. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "[object Float32Array]";
}

/** Whether a value is a `Uint32Array`, of this realm or another. */
export function isUint32Array(value: unknown): value is Uint32Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "[object Uint32Array]";
}

/** Whether a value is a `Uint8Array`, of this realm or another; Node's `Buffer` is one. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "[object Uint8Array]";
}

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return tagOf(value) === "[object ArrayBuffer]";
}

export function isDate(value: unknown): value is Date {
  return tagOf(value) === "[object Date]";
}

/** Whether a value is an error, of this realm or another. */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  return tagOf(value) === "[object Error]" || tagOf(value) === "[object DOMException]";
}

/** Whether a value is a `Blob` or a `File`, as browsers and Node make them. */
export function isBlob(value: unknown): value is Blob {
  const tag = tagOf(value);
  return tag === "[object Blob]" || tag === "[object File]";
}

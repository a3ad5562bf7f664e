import { FormatError } from "@wayweave/geo-core";

const typedArrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
type DType = keyof typeof typedArrays;

/**
 * JSON in which a typed array is `{"dtype": "uint32", "base64": "…"}`, little endian: compact, and read by numpy in one
 * line, `np.frombuffer(base64.b64decode(a["base64"]), a["dtype"])`.
 */
export function stringifyRaw(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (!ArrayBuffer.isView(entry)) return entry;
    const dtype = dtypeOf(entry);
    if (dtype === undefined) throw new FormatError(`stringifyRaw: ${entry.constructor.name} has no dtype`);
    return {
      dtype,
      base64: Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("base64"),
    };
  });
}

/** @throws {FormatError} text that is not such JSON */
export function parseRaw(text: string, file: string): unknown {
  try {
    return JSON.parse(text, (_key, entry: unknown) => (isEncoded(entry) ? decode(entry) : entry));
  } catch (error) {
    throw new FormatError(`must be JSON: ${error instanceof Error ? error.message : String(error)}`, { file });
  }
}

function dtypeOf(view: ArrayBufferView): DType | undefined {
  return (Object.keys(typedArrays) as DType[]).find((dtype) => view instanceof typedArrays[dtype]);
}

function isEncoded(entry: unknown): entry is { dtype: DType; base64: string } {
  if (typeof entry !== "object" || entry === null) return false;
  const { dtype, base64 } = entry as { dtype?: unknown; base64?: unknown };
  return typeof dtype === "string" && dtype in typedArrays && typeof base64 === "string";
}

function decode({ dtype, base64 }: { dtype: DType; base64: string }): ArrayBufferView {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new typedArrays[dtype](bytes.buffer);
}

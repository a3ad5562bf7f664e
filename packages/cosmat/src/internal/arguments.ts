import { ValueError } from "@wayweave/geo-core";
import type { ModelSource } from "@wayweave/nn";

/** Requires the name of a file or a folder. */
export function checkPath(where: string, name: string, path: string): void {
  if (typeof path === "string" && path !== "") return;
  const got = path === "" ? "an empty string" : path === null ? "null" : typeof path;
  throw new ValueError(`${where}: ${name} must be a path, got ${got}`);
}

/** Requires a file's name or URL, or a model's bytes. */
export function checkModelSource(where: string, name: string, source: ModelSource): void {
  if (typeof source === "string") {
    checkPath(where, name, source);
    return;
  }
  if (ArrayBuffer.isView(source)) return;
  const isUrl = typeof source === "object" && source !== null && "href" in source;
  const isBuffer = Object.prototype.toString.call(source) === "[object ArrayBuffer]";
  if (isUrl || isBuffer) return;
  throw new ValueError(
    `${where}: ${name} must be an ONNX file's path, its URL or its bytes, got ${source === null ? "null" : typeof source}`,
  );
}

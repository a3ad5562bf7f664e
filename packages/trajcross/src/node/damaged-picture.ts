import { FormatError } from "@wayweave/geo-core";

/** The error of a picture that its decoder does not read, in a line that says what is wrong. */
export function damagedPicture(kind: string, file: string, cause: unknown): FormatError {
  return new FormatError(`must be a whole ${kind} file: ${faultOf(cause)}`, { file }, { cause });
}

/** Decoders say it in their own words; some tell each try in a line of its own, and some tell nothing. */
function faultOf(cause: unknown): string {
  const { message } = (cause ?? {}) as { readonly message?: unknown };
  const lines = String(message ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const last = lines.at(-1) ?? "";
  const isSilent = last === "" || last.endsWith(":") || last.includes("outside the bounds of the DataView");
  return isSilent ? "it is damaged, or ends too early" : (lines.find((line) => /^heif: /.test(line)) ?? last);
}

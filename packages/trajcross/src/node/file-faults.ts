import { FormatError, ValueError } from "@wayweave/geo-core";

/** Whether Node's error says that a folder is where a file is to be. */
function isFolder(error: unknown): boolean {
  return codeOf(error) === "EISDIR";
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}

/** The error of reading a file, with its name where Node's own has none: a folder is there. */
export function readingFault(file: string, error: unknown): unknown {
  return isFolder(error)
    ? new FormatError("must be a file, got a folder", { file }, { cause: error })
    : error;
}

/** The error of writing a file, in the function's words where a folder is there. */
export function writingFault(where: string, file: string, error: unknown): unknown {
  return isFolder(error)
    ? new ValueError(`${where}: file must be a file's path, got a folder, ${file}`, { cause: error })
    : error;
}

/** The error of making a folder, in the function's words where a file is there, or where a folder above it should be. */
export function folderFault(where: string, folder: string, error: unknown): unknown {
  return ["EEXIST", "ENOTDIR"].includes(codeOf(error) as string)
    ? new ValueError(
        `${where}: folder must be one, or a path where one can be made, got ${folder}, where a file is`,
        { cause: error },
      )
    : error;
}

import { type SourceFile, stemOf } from "./source.js";

/**
 * What stands before the ids that readers make of a file's name, by label: the folder of a file, within what is read, whose name
 * another file has too (`2023/ride` and `2024/ride`); nothing for other files.
 *
 * @param root the label of what is read
 */
export function idFolders(files: readonly SourceFile[], root: string): (label: string) => string {
  const counts = new Map<string, number>();
  for (const { label } of files) counts.set(stemOf(label), (counts.get(stemOf(label)) ?? 0) + 1);
  const start = `${root.replace(/\/$/, "")}/`;
  return (label) => {
    if (counts.get(stemOf(label)) === 1 || !label.startsWith(start)) return "";
    return label.slice(start.length, label.lastIndexOf("/") + 1);
  };
}

/** An id with the folder before it, where it was made of the file's name. */
export function withFolder(folder: string, label: string, id: string): string {
  if (folder === "") return id;
  const stem = stemOf(label);
  return id === stem || id.startsWith(`${stem}/`) ? `${folder}${id}` : id;
}

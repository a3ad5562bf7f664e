/** An absolute path up to its last part, on any system; not the slashes of a URL, an id or a date. */
const folders = /(?<=^|[\s"'(])(?:[A-Za-z]:)?(?:[\\/][^\\/\s:"']+)+[\\/](?=[^\\/\s])/g;

/**
 * An error's message without this machine's folders: it goes into a results file that others read.
 *
 * @example publicMessage(new Error("/home/ann/trips/a.plt:3: broken")) // "…/a.plt:3: broken"
 */
export function publicMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(folders, "…/");
}

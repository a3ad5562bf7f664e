/**
 * Whether a file of a folder or zip is one of those (AppleDouble) in which macOS keeps what other systems' files cannot
 * hold: it has the name of the file it belongs to, but none of its content.
 *
 * @param inside its place in the folder or zip, `/` between the parts
 */
export function isMacMetadata(inside: string): boolean {
  return /(^|\/)(__MACOSX\/|\._[^/]*$)/.test(inside);
}

import { checkOptions, type OptionName, ValueError } from "@wayweave/geo-core";

/**
 * geo-core's `checkOptions` for a function that cannot do without options.
 *
 * @throws {ValueError} no object, or an unknown key
 */
export function checkRequiredOptions<T extends object>(
  where: string,
  options: T,
  known: readonly OptionName<T>[],
): void {
  if (options === undefined) throw new ValueError(`${where}: options must be an object, got undefined`);
  checkOptions(where, options, known);
}

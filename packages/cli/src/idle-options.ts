import { ValueError } from "@wayweave/geo-core";
import type { Command, Option } from "commander";

/** Options that would have no effect beside certain others. */
export interface IdleRule<Flags> {
  /** By their long names, such as `--epochs`. */
  readonly options: readonly string[];
  /**
   * Why they would have none, as what follows the option's name in a message: "must go with --method e2dtc, got …". Undefined where they act.
   *
   * @param args the command's arguments
   */
  readonly fault: (flags: Flags, args: readonly string[]) => string | undefined;
}

/**
 * Makes it an error, before the command does anything, to give an option that would have no effect. A default is not given.
 *
 * @param command with all the options that the rules name
 */
export function refuseIdle<Flags>(command: Command, rules: readonly IdleRule<Flags>[]): Command {
  const resolved = rules.map(({ options, fault }) => ({
    options: options.map((name) => optionOf(command, name)),
    fault,
  }));
  return command.hook("preAction", () => {
    for (const { options, fault } of resolved) {
      const given = options.find((option) => command.getOptionValueSource(option.attributeName()) === "cli");
      const why = given === undefined ? undefined : fault(command.opts() as Flags, command.args);
      if (why !== undefined) throw new ValueError(`${given!.long} ${why}`);
    }
  });
}

function optionOf(command: Command, name: string): Option {
  const option = command.options.find(({ long }) => long === name);
  if (option === undefined) throw new Error(`${command.name()} has no option ${name}`);
  return option;
}

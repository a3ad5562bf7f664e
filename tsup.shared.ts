import type { Options } from "tsup";

/** The build that every package shares: ES modules with types, for Node 20.19 and current browsers. */
export function packageBuild(entry: Record<string, string>, options: Options = {}): Options {
  return {
    entry,
    format: ["esm"],
    target: "es2022",
    dts: true,
    sourcemap: false,
    clean: true,
    splitting: true,
    treeshake: true,
    // What the commands share is in each of them; it is not published.
    noExternal: ["@wayweave/cli"],
    ...options,
  };
}

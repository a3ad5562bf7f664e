/**
 * How many cases a property test draws: as many as it needs to meet what it looks for, and more where `WAYWEAVE_FUZZ_RUNS`
 * asks for more, as it does before a release.
 */
export function runs(usual: number): number {
  return Math.max(usual, Number(process.env.WAYWEAVE_FUZZ_RUNS ?? 0));
}

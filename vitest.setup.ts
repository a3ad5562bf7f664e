import fc from "fast-check";

/** Several test files run at a time, one on each core: a runtime that takes all cores for itself only waits for the others. */
process.env.WAYWEAVE_THREADS ??= "1";

/**
 * Property tests draw the same cases in every run, so that a failure is the change's and not the draw's.
 *
 * `WAYWEAVE_TEST_SEED=7` draws others, `WAYWEAVE_TEST_SEED=random` new ones each time: the way to hunt for rare cases.
 */
const seed = process.env.WAYWEAVE_TEST_SEED ?? "1";
if (seed !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });

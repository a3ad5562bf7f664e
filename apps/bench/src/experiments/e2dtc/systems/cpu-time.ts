/** How much processor time something took, all threads of the process together. */
export interface CpuTime {
  /** What it was done to, such as a number of trips. */
  readonly items: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Runs are repeated until they have taken this long together. */
const ENOUGH_MS = 1000;
const MAX_RUNS = 5;

/** The median of several runs by CPU time; of a single one where that is long. Short ones are warmed up first. */
export async function medianCpuMs(items: number, run: () => Promise<unknown>): Promise<CpuTime> {
  const first = await timeOnce(items, run);
  if (first.cpuMs >= ENOUGH_MS) return first;
  const times: CpuTime[] = [];
  for (let total = 0; times.length < MAX_RUNS && total < ENOUGH_MS; total += times.at(-1)!.cpuMs) {
    times.push(await timeOnce(items, run));
  }
  return times.sort((a, b) => a.cpuMs - b.cpuMs)[times.length >> 1]!;
}

async function timeOnce(items: number, run: () => Promise<unknown>): Promise<CpuTime> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { items, cpuMs: (user + system) / 1000, wallMs };
}

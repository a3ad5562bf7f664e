import { checkOptions, type OptionName, type TrajectorySet, ValueError } from "@wayweave/geo-core";

/**
 * Requires trips to be a set of trajectories: by what it has, since a set may come of another copy of geo-core or another realm.
 *
 * @throws {ValueError} anything else
 */
export function checkTrips(where: string, name: string, trips: TrajectorySet): void {
  const set = trips as Partial<TrajectorySet> | null | undefined;
  const isSet =
    typeof set === "object" &&
    set !== null &&
    ArrayBuffer.isView(set.coordinates) &&
    ArrayBuffer.isView(set.offsets) &&
    typeof set.pointCountOf === "function";
  if (!isSet) {
    throw new ValueError(
      `${where}: ${name} must be a TrajectorySet of @wayweave/geo-core (its readers and TrajectorySet.fromArrays make one), got ${kindOf(trips)}`,
    );
  }
}

/** {@link checkTrips}, and that each trip has a point, and that there is one at all. */
export function checkSomeTrips(where: string, name: string, trips: TrajectorySet): void {
  checkTrips(where, name, trips);
  if (trips.length === 0) throw new ValueError(`${where}: ${name} must hold at least one, got 0`);
}

/**
 * Requires a time at each point.
 *
 * @param why what asks for times, for the message: "for …" or "since …"
 * @throws {ValueError} a set without times, or a point without one (NaN)
 */
export function checkTimed(where: string, { offsets, timesMs, length }: TrajectorySet, why: string): void {
  for (let trip = 0; trip < length; trip++) {
    const start = offsets[trip]!;
    for (let p = start; p < offsets[trip + 1]!; p++) {
      if (timesMs !== undefined && !Number.isNaN(timesMs[p])) continue;
      throw new ValueError(
        `${where}: trajectory ${trip} must have a time at each point ${why}, got none at its point ${p - start}`,
      );
    }
  }
}

/** Options that have to be given, unlike those that `checkOptions` lets be absent. */
export function checkGivenOptions<T extends object>(
  where: string,
  options: T,
  known: readonly OptionName<T>[],
): void {
  if (options === undefined) throw new ValueError(`${where}: options must be an object, got undefined`);
  checkOptions(where, options, known);
}

/** Requires what is called or listened to during long work to be of that kind, where it is given. */
export function checkRun(
  where: string,
  { signal, onProgress }: { readonly signal?: AbortSignal | undefined; readonly onProgress?: unknown },
): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw new ValueError(`${where}: signal must be an AbortSignal, got ${kindOf(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new ValueError(`${where}: onProgress must be a function, got ${kindOf(onProgress)}`);
  }
}

/** @throws {ValueError} no object, or an array */
export function checkObject(where: string, name: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new ValueError(`${where}: ${name} must be an object, got ${kindOf(value)}`);
}

/** @throws {ValueError} no string */
export function checkText(where: string, name: string, value: unknown): void {
  if (typeof value !== "string") {
    throw new ValueError(`${where}: ${name} must be a string, got ${kindOf(value)}`);
  }
}

/** What a value is, in a word. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  const type = typeof value;
  return type === "object" ? "an object" : `a ${type}`;
}

const count = new Intl.NumberFormat("en");

/** `12,345 trips`, `1 trip`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count.format(n)} ${n === 1 ? one : many}`;
}

/** `350 m`, `4.2 km`. */
export function metersInWords(meters: number): string {
  if (meters < 1) return `${meters.toFixed(2)} m`;
  if (meters < 20) return `${meters.toFixed(1)} m`;
  if (meters < 1000) return `${meters.toFixed(0)} m`;
  return `${(meters / 1000).toFixed(meters < 20_000 ? 1 : 0)} km`;
}

/** `35 s`, `12 min`, `3 h 20 min`. */
export function durationInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** What a person is told of an error: the message without the name of the function that it came from. */
export function errorInWords(error: unknown): string {
  const message = String((error as Error | undefined)?.message ?? error).trim();
  const words = message.replace(/^[A-Za-z]\w*(?:\.\w+)*: /, "");
  if (words === "") return "Something went wrong, and nothing says what.";
  // A sentence starts with a capital, the name of a file or a value as it is.
  const first = /^[a-z]{2,}\s/.test(words) ? words[0]!.toUpperCase() : words[0]!;
  return first + words.slice(1) + (/[.!?…]$/.test(words) ? "" : ".");
}

/** Whether an error only says that work was stopped. */
export function isAbort(error: unknown): boolean {
  return (error as Error | undefined)?.name === "AbortError";
}

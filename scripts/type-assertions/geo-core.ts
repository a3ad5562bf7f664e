// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { FormatError, normalizeLongitude, type Position, Random } from "@wayweave/geo-core";

const position: Position = [13.7, 51];
export const numbers: number[] = [normalizeLongitude(190), new Random(1).next(), position[0]];

// @ts-expect-error a position is two numbers
export const half: Position = [13.7];
// @ts-expect-error a longitude is a number
normalizeLongitude("190");
// @ts-expect-error seeds are numbers
new Random("one");

export function lineOf(error: unknown): number | undefined {
  if (error instanceof FormatError) return error.line;
  // @ts-expect-error still unknown
  return error.line;
}

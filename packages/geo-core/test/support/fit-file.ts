/** FIT files byte by byte, for tests of what devices write. */

/** Little-endian bytes of a 32-bit number. */
export const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];

/** A field of a definition: its number, its size in bytes, its base type. */
export type FitField = readonly [number: number, size: number, baseType: number];

/** Timestamp, latitude and longitude of a `record` message. */
export const RECORD_FIELDS: readonly FitField[] = [
  [253, 4, 0x86],
  [0, 4, 0x85],
  [1, 4, 0x85],
];

/** A definition message; `developer` are the developer fields. */
export function definition(
  local: number,
  globalNumber: number,
  fields: readonly FitField[],
  developer: readonly FitField[] = [],
): number[] {
  const flag = developer.length > 0 ? 0x20 : 0;
  const further = developer.length > 0 ? [developer.length, ...developer.flat()] : [];
  return [0x40 | flag | local, 0, 0, ...u16(globalNumber), fields.length, ...fields.flat(), ...further];
}

/** Seconds since FIT's epoch, 1989-12-31. */
export const fitSeconds = (timeMs: number): number => timeMs / 1000 - Date.UTC(1989, 11, 31) / 1000;

/** A position in semicircles; undefined is what devices write without a fix. */
export const semicircles = (degrees: number | undefined): number[] =>
  u32(degrees === undefined ? 0x7fffffff : Math.round((degrees * 2 ** 31) / 180));

/** A data message of {@link RECORD_FIELDS}. */
export function record(
  local: number,
  timeMs: number,
  position: readonly [lat: number, lon: number] | undefined,
  developer: readonly number[] = [],
): number[] {
  return [
    local,
    ...u32(fitSeconds(timeMs)),
    ...semicircles(position?.[0]),
    ...semicircles(position?.[1]),
    ...developer,
  ];
}

/** Messages with the header and the checksum around them. */
export function fitFile(...messages: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const body = messages.flat();
  const header = [14, 0x20, 0x5c, 0x08, ...u32(body.length), 0x2e, 0x46, 0x49, 0x54];
  const whole = [...header, ...u16(crc(header)), ...body];
  return Uint8Array.from([...whole, ...u16(crc(whole))]);
}

/** The format's checksum, a nibble at a time. */
function crc(data: readonly number[]): number {
  const table = [
    0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000,
    0x9c01, 0x8801, 0x4400,
  ];
  let value = 0;
  for (const byte of data) {
    value = ((value >> 4) & 0x0fff) ^ table[value & 15]! ^ table[byte & 15]!;
    value = ((value >> 4) & 0x0fff) ^ table[value & 15]! ^ table[(byte >> 4) & 15]!;
  }
  return value;
}

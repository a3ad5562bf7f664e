/** CRC-32 of more bytes after some that had the checksum `previous`; 0 begins. */
export type Checksum = (bytes: Uint8Array, previous: number) => number;

/** Remainders of all bytes by the reversed polynomial of IEEE 802.3. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** For where there is no zlib; the same values as zlib's. */
export const crc32: Checksum = (bytes, previous) => {
  let remainder = ~previous;
  for (let i = 0; i < bytes.length; i++) {
    remainder = TABLE[(remainder ^ bytes[i]!) & 0xff]! ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
};

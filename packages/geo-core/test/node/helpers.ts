import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll } from "vitest";
import type { ReadReport } from "../../src/node/index.js";

/** A folder that is removed after the file's tests; returns a function that writes a file there and gives its path. */
export function temporaryFiles(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), "wayweave-readers-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
}

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** General purpose flags; bit 0 says encrypted. */
  readonly flags?: number;
  /** What the headers say instead of the truth. */
  readonly declaredSize?: number;
  readonly declaredCrc?: number;
}

/** A zip archive (APPNOTE.TXT 4.3), deflated, so that tests can make broken ones too. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, flags = 0, declaredSize, declaredCrc } of entries) {
    const data = Buffer.from(content);
    const compressed = deflateRawSync(data);
    const nameBytes = Buffer.from(name, "utf8");
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0); // version needed
    shared.writeUInt16LE(flags | 0x800, 2); // names are UTF-8
    shared.writeUInt16LE(8, 4); // deflate
    shared.writeUInt32LE(declaredCrc ?? crc32(data), 10);
    shared.writeUInt32LE(compressed.length, 14);
    shared.writeUInt32LE(declaredSize ?? data.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    files.push(Buffer.from("PK\x03\x04"), shared, nameBytes, compressed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), shared, rest, nameBytes);
    offset += 30 + nameBytes.length + compressed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directoryBytes, end]);
}

export const PLT_HEADER =
  "Geolife trajectory\r\nWGS 84\r\nAltitude is in Feet\r\nReserved 3\r\n0,2,255,My Track,0,0,2,8421376\r\n0\r\n";

/** Σ of the counts of skipped records. */
export function skippedCount({ skipped }: ReadReport): number {
  return skipped.reduce((sum, { count }) => sum + count, 0);
}

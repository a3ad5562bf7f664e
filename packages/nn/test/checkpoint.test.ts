import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { FormatError, Random, ShapeError, ValueError } from "@wayweave/geo-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.js";
import { loadCheckpoint, saveCheckpoint } from "../src/checkpoint/checkpoint.js";
import type { CheckpointTensor } from "../src/checkpoint/contents.js";
import { decodeCheckpoint } from "../src/checkpoint/decode-checkpoint.js";
import { encodeCheckpoint } from "../src/checkpoint/encode-checkpoint.js";

const folder = mkdtempSync(path.join(tmpdir(), "nn-checkpoint-"));
const file = path.join(folder, "model.safetensors");

const tensor = fc.oneof(
  fc.float32Array({ maxLength: 9 }).map((data) => ({ type: "float32" as const, shape: [data.length], data })),
  fc.float64Array({ maxLength: 9 }).map((data) => ({ type: "float64" as const, shape: [data.length], data })),
  fc
    .int32Array({ minLength: 6, maxLength: 6 })
    .map((data) => ({ type: "int32" as const, shape: [2, 3], data })),
  fc
    .bigInt64Array({ maxLength: 9 })
    .map((data) => ({ type: "int64" as const, shape: [data.length, 1], data })),
  fc.uint8Array({ maxLength: 9 }).map((data) => ({ type: "uint8" as const, shape: [data.length], data })),
  fc.int8Array({ maxLength: 9 }).map((data) => ({ type: "int8" as const, shape: [1, data.length], data })),
  fc.uint16Array({ maxLength: 9 }).map((data) => ({ type: "float16" as const, shape: [data.length], data })),
  fc.boolean().map((bit) => ({ type: "bool" as const, shape: [], data: Uint8Array.of(bit ? 1 : 0) })),
);
const name = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .filter((text) => text !== "__metadata__");

describe("saveCheckpoint and loadCheckpoint", () => {
  it("round trip: tensors of every type and JSON metadata come back bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, tensor), { maxLength: 6 }),
        fc.jsonValue({ noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes("-0")),
        async (list, metadata) => {
          const tensors = new Map<string, CheckpointTensor>(list);
          await saveCheckpoint(file, { tensors, metadata });
          const loaded = await loadCheckpoint(file);
          expect(new Map([...loaded.tensors].sort())).toEqual(new Map([...tensors].sort()));
          expect(loaded.metadata).toEqual(JSON.parse(JSON.stringify(metadata)));
          // The same in memory, for browsers: zlib's checksum and ours too.
          expect(Buffer.from(encodeCheckpoint({ tensors, metadata }))).toEqual(readFileSync(file));
          expect(decodeCheckpoint(readFileSync(file))).toEqual(loaded);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it("follows the safetensors layout: length, header, aligned data", async () => {
    await saveCheckpoint(file, {
      tensors: {
        a: { type: "uint8", shape: [3], data: [1, 2, 3] },
        b: { type: "float32", shape: [1, 2], data: [1.5, -2] },
      },
    });
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE());
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
    expect(header.b).toEqual({ dtype: "F32", shape: [1, 2], data_offsets: [0, 8] });
    expect(header.a).toEqual({ dtype: "U8", shape: [3], data_offsets: [8, 11] });
    expect(bytes.readFloatLE(8 + length)).toBe(1.5);
    expect(bytes.length).toBe(8 + length + 11);
  });

  it("loads a file that another program wrote, without our metadata", async () => {
    const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, header, new Uint8Array(Float32Array.of(2.5).buffer)]));
    const { tensors, metadata } = await loadCheckpoint(file);
    expect(tensors.get("w")).toEqual({ type: "float32", shape: [1], data: Float32Array.of(2.5) });
    expect(metadata).toBeUndefined();
  });

  it("reads what the reference implementation of safetensors writes", async () => {
    const golden = fileURLToPath(new URL("golden/reference.safetensors", import.meta.url));
    const { tensors, metadata } = await loadCheckpoint(golden);
    expect(metadata).toBeUndefined();
    expect(Object.fromEntries(tensors)).toEqual({
      float32: { type: "float32", shape: [2, 2], data: Float32Array.of(1.5, -2, 0, 3.25) },
      float64: { type: "float64", shape: [1], data: Float64Array.of(Math.PI) },
      // 1.0 is 0x3c00 in half precision, −0.5 is 0xb800.
      float16: { type: "float16", shape: [2], data: Uint16Array.of(0x3c00, 0xb800) },
      int64: { type: "int64", shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
      int32: { type: "int32", shape: [], data: Int32Array.of(7) },
      int8: { type: "int8", shape: [2], data: Int8Array.of(-128, 127) },
      uint8: { type: "uint8", shape: [3], data: Uint8Array.of(0, 255, 3) },
      bool: { type: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
      empty: { type: "float32", shape: [0, 3], data: new Float32Array(0) },
    });
  });

  it("refuses what it cannot store exactly", async () => {
    const save = (metadata: unknown) => saveCheckpoint(file, { tensors: {}, metadata });
    await expect(save({ loss: [1, Number.NaN] })).rejects.toThrow(
      new ValueError("saveCheckpoint: metadata.loss[1] must be a finite number, got NaN"),
    );
    await expect(save({ when: new Date(0) })).rejects.toThrow(
      new ValueError("saveCheckpoint: metadata.when must be a plain object, got Date"),
    );
    await expect(save({ a: undefined })).rejects.toThrow(
      new ValueError("saveCheckpoint: metadata.a must be something JSON can hold, got undefined"),
    );
    await expect(
      saveCheckpoint(file, { tensors: { w: { type: "float32", shape: [2], data: [1] } } }),
    ).rejects.toThrow(
      new ShapeError("saveCheckpoint: tensor w: values of shape [2] must have length 2, got 1"),
    );
    await expect(
      saveCheckpoint(file, { tensors: { "": { type: "float32", shape: [], data: [1] } } }),
    ).rejects.toThrow(new ValueError("saveCheckpoint: a tensor's name must not be empty"));
  });

  it("keeps the old file where a tensor has no shape that can be read again", async () => {
    await saveCheckpoint(file, { tensors: {}, metadata: "old" });
    const data = Float32Array.of(1, 2, 3);
    for (const shape of [[1.5, 2], [-1, -3], ["3"], [Number.NaN], undefined, "3", null, new Array(1)]) {
      const tensors = { w: { type: "float32", shape, data } } as unknown as Record<string, CheckpointTensor>;
      await expect(saveCheckpoint(file, { tensors })).rejects.toThrow(
        /^saveCheckpoint: tensor w: shape must be an array of counts, got /,
      );
    }
    for (const [tensors, message] of [
      [{ w: null }, "saveCheckpoint: tensor w must be an object, got null"],
      [
        { w: { type: "float32", shape: [3] } },
        "saveCheckpoint: tensor w: values must be an array, got undefined",
      ],
    ] as const) {
      await expect(
        saveCheckpoint(file, { tensors: tensors as unknown as Record<string, CheckpointTensor> }),
      ).rejects.toThrow(message);
    }
    await expect(saveCheckpoint(file, { tensors: {}, meta: 1 } as never)).rejects.toThrow(
      'saveCheckpoint: unknown option "meta"; did you mean "metadata"?',
    );
    expect((await loadCheckpoint(file)).metadata).toBe("old");
  });

  it("leaves the old file and no temporary one when saving fails", async () => {
    await saveCheckpoint(file, { tensors: {}, metadata: "old" });
    await expect(saveCheckpoint(path.join(folder, "absent", "x"), { tensors: {} })).rejects.toThrow("ENOENT");
    expect((await loadCheckpoint(file)).metadata).toBe("old");
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  });

  it("stores the values of the call, whatever becomes of the arrays meanwhile", async () => {
    const data = Float32Array.of(1, 2);
    const saving = saveCheckpoint(file, { tensors: { w: { type: "float32", shape: [2], data } } });
    data.fill(3);
    await saving;
    expect([...(await loadCheckpoint(file)).tensors.get("w")!.data]).toEqual([1, 2]);
  });

  it("saves to one path one after the other, the last call's contents staying", async () => {
    await Promise.all([1, 2, 3, 4].map((step) => saveCheckpoint(file, { tensors: {}, metadata: step })));
    expect((await loadCheckpoint(file)).metadata).toBe(4);
  });
});

describe("a damaged file", () => {
  it("gives a FormatError for any bytes that are not safetensors", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        writeFileSync(file, bytes);
        await expect(loadCheckpoint(file)).rejects.toThrow(FormatError);
      }),
      { numRuns: runs(40) },
    );
  });

  it("is never loaded as something else: every cut and every changed byte of the data is noticed", async () => {
    const data = Float32Array.from({ length: 64 }, (_, i) => i);
    await saveCheckpoint(file, {
      tensors: { w: { type: "float32", shape: [64], data } },
      metadata: { a: 1 },
    });
    const whole = readFileSync(file);
    const random = new Random(1);
    for (let i = 0; i < 150; i++) {
      writeFileSync(file, whole.subarray(0, random.integer(whole.length)));
      await expect(loadCheckpoint(file)).rejects.toThrow(FormatError);
      const changed = Buffer.from(whole);
      const position = whole.length - 1 - random.integer(256);
      changed[position] = changed[position]! ^ (1 + random.integer(255));
      writeFileSync(file, changed);
      await expect(loadCheckpoint(file)).rejects.toThrow(
        new FormatError("the checksum of the tensors is wrong: the file is damaged", { file }),
      );
    }
  });

  it("gives a FormatError or well-formed tensors whatever byte of the header is changed", async () => {
    await saveCheckpoint(file, {
      tensors: { w: { type: "float32", shape: [2, 2], data: [1, 2, 3, 4] } },
      metadata: { a: 1 },
    });
    const whole = readFileSync(file);
    const random = new Random(2);
    for (let i = 0; i < 300; i++) {
      const changed = Buffer.from(whole);
      const position = random.integer(whole.length - 16);
      changed[position] = random.integer(256);
      writeFileSync(file, changed);
      const loaded = await loadCheckpoint(file).catch((error: unknown) => error);
      if (loaded instanceof Error) expect(loaded).toBeInstanceOf(FormatError);
      else {
        for (const { data } of (loaded as Awaited<ReturnType<typeof loadCheckpoint>>).tensors.values()) {
          expect((data as Float32Array).byteLength).toBe(16);
        }
      }
    }
  });

  it("names the fault", async () => {
    const write = (header: string, dataBytes: number) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
      writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]));
    };
    write('{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2);
    await expect(loadCheckpoint(file)).rejects.toThrow("tensor w has the dtype BF16, which is not supported");
    write('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4);
    await expect(loadCheckpoint(file)).rejects.toThrow("tensor w of shape [2] takes 8 bytes, but has 4");
    write('{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8);
    await expect(loadCheckpoint(file)).rejects.toThrow("tensor w begins at byte 4 of the data, expected 0");
    write('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 9);
    await expect(loadCheckpoint(file)).rejects.toThrow("the tensors take 4 bytes, but 9 follow the header");
  });
});

describe("a process that is killed while it saves", () => {
  it("leaves a whole checkpoint, old or new, at any moment", async () => {
    const target = path.join(folder, "killed.safetensors");
    const script = fileURLToPath(new URL("support/save-forever.mjs", import.meta.url));
    const random = new Random(3);
    const steps = new Set<number>();
    const last = 11;
    for (let round = 0; round <= last; round++) {
      const child = fork(script, [target], { execArgv: [] });
      // The last round waits for a step that none before it has ended with, however slow the machine is.
      const least = round < last ? 0 : Math.max(...steps) + 1;
      let saved = -1;
      await new Promise<void>((resolve) =>
        child.on("message", (step: number) => {
          saved = step;
          if (step >= least) resolve();
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, random.uniform(0, 40)));
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
      const { tensors, metadata } = await loadCheckpoint(target);
      const { step } = metadata as { step: number };
      expect(step).toBeGreaterThanOrEqual(saved);
      expect(new Set(tensors.get("w")!.data as Float32Array)).toEqual(new Set([step]));
      steps.add(step);
    }
    expect(steps.size).toBeGreaterThan(1);
  });
});

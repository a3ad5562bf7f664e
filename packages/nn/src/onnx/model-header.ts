import { FormatError } from "@wayweave/geo-core";
import protobuf from "protobufjs/minimal.js";
import { onnx } from "./generated/onnx-ml.js";
import { checkBytes } from "./realm.js";

/** What an ONNX file says about itself, besides its graph. */
export interface OnnxModelHeader {
  /** Version of the ONNX file format. */
  readonly irVersion: number;
  /** What wrote the file; empty where it does not say. */
  readonly producer: string;
  /** The version of what wrote the file; empty where it does not say. */
  readonly producerVersion: string;
  /** Version of each operator set the model uses; `""` is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** The model's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file or buffer that is read in pieces. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  read(position: number, length: number): Uint8Array;
}

/** A tag and a length, each a varint of at most 10 bytes. */
const LONGEST_KEY = 20;
/** Of `ModelProto`: the field that holds nearly all of a file's bytes, and that we do not need. */
const GRAPH_FIELD = 7;
const LENGTH_DELIMITED = 2;

/**
 * Reads an ONNX model's header without its graph.
 *
 * @param bytes of an `.onnx` file
 * @throws {FormatError} not an ONNX model, or one cut short
 */
export function readOnnxHeader(bytes: Uint8Array): OnnxModelHeader {
  checkBytes("readOnnxHeader", bytes);
  return readHeader({
    name: "ONNX model",
    size: bytes.byteLength,
    read: (position, length) => bytes.subarray(position, position + length),
  });
}

/** @throws {FormatError} not an ONNX model, or one cut short */
export function readHeader(source: ByteSource): OnnxModelHeader {
  let model: onnx.ModelProto.$Properties;
  try {
    model = onnx.ModelProto.decode(withoutGraph(source));
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError("not an ONNX model", { file: source.name }, { cause: error });
  }
  if (!model.irVersion || !model.opsetImport?.length) {
    throw new FormatError("not an ONNX model: it names no operator set", { file: source.name });
  }
  return {
    irVersion: Number(model.irVersion),
    producer: model.producerName ?? "",
    producerVersion: model.producerVersion ?? "",
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain, version }) => [domain ?? "", Number(version ?? 0)]),
    ),
    metadata: Object.fromEntries(
      (model.metadataProps ?? []).map(({ key, value }) => [key ?? "", value ?? ""]),
    ),
  };
}

/** The top-level fields of the message except the graph, as one message. */
function withoutGraph(source: ByteSource): Uint8Array {
  const kept: Uint8Array[] = [];
  for (let position = 0; position < source.size; ) {
    const head = source.read(position, Math.min(LONGEST_KEY, source.size - position));
    const reader = protobuf.Reader.create(head);
    const tag = reader.uint32();
    let end: number;
    if ((tag & 7) === LENGTH_DELIMITED) {
      const length = reader.uint32();
      end = position + reader.pos + length;
    } else {
      reader.skipType(tag & 7);
      end = position + reader.pos;
    }
    if (end > source.size) throw new FormatError("cut short", { file: source.name, byteOffset: position });
    if (tag >>> 3 !== GRAPH_FIELD) kept.push(source.read(position, end - position));
    position = end;
  }
  const message = new Uint8Array(kept.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of kept) {
    message.set(part, at);
    at += part.byteLength;
  }
  return message;
}

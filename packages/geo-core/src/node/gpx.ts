import { TextDecoder } from "node:util";
import sax from "sax";
import { checkOneOf } from "../foundation/validate.js";
import { GpxHandler } from "./internal/gpx-handler.js";
import { damage } from "./internal/ledger.js";
import { type Format, type Reading, readFormat, streamFormat } from "./internal/read-files.js";
import type { SourceFile } from "./internal/source.js";
import type { ReadOptions, ReadReport, StreamOptions, TrajectoryBatch, TrajectoryStream } from "./reading.js";

/** Where in a GPX file a trajectory comes from. */
export interface GpxTrack {
  readonly kind: "track" | "route";
  /** Which `<trk>` or `<rte>` of the file, from 0. */
  readonly index: number;
  /** Which `<trkseg>` of the track, from 0; 0 for a route. */
  readonly segment: number;
  /** The `<name>` and `<type>` of the track or route, where they stand before its points. */
  readonly name: string | undefined;
  readonly type: string | undefined;
}

export interface GpxOptions {
  /**
   * `auto`: the first segment or route tells whether there are times, and one of the other kind is an error.
   * `none`: times are ignored.
   *
   * @defaultValue "auto"
   */
  readonly times?: "auto" | "none";
}

/** Part of a GPX data set. */
export interface GpxBatch extends TrajectoryBatch {
  /** `[trajectories]` */
  readonly tracks: readonly GpxTrack[];
}

/**
 * Reads GPX 1.0 and 1.1: each track segment and each route is a trajectory. Elevations and extensions are left out.
 *
 * A record is a point: `trkpt`, `rtept`, or `wpt`, which is left out as `waypoint`. Ids are `file/track/segment`
 * (`ride/0/2`) and `file/route` (`ride/r0`). A document type declaration is refused before anything it defines could
 * be expanded.
 *
 * @param path a GPX file, or a folder or zip with `.gpx` files; `.gz` too
 * @throws {FormatError} (strict) broken XML, a document type declaration, a position or time that is missing, broken,
 *   out of range or out of order, a damaged file; with file and line
 * @throws {ValueError} nothing at `path`, or an unknown option
 */
export function readGpx(
  path: string,
  options: ReadOptions & GpxOptions = {},
): Promise<GpxBatch & { readonly report: ReadReport }> {
  return readFormat(path, options, gpxFormat("readGpx", options));
}

/** {@link readGpx} in batches. */
export function streamGpx(
  path: string,
  options: StreamOptions & GpxOptions = {},
): TrajectoryStream<GpxBatch> {
  return streamFormat(path, options, gpxFormat("streamGpx", options));
}

function gpxFormat(where: string, options: GpxOptions): Format<GpxTrack, GpxBatch> {
  const { times = "auto" } = options;
  checkOneOf(where, "times", times, ["auto", "none"]);
  return {
    where,
    coordinateSystem: "lonlat",
    withTimes: times === "none" ? false : "fromFirst",
    accepts: (name) => /\.gpx$/i.test(name),
    read: (file, reading) => readXml(file, reading, times === "none"),
    toBatch: ({ trajectories, attributes }) => ({ trajectories, tracks: attributes }),
  };
}

/** `strictEntities` refuses entities beyond XML's five; the library's types leave it out. */
const SAX_OPTIONS: sax.SAXOptions & { strictEntities: boolean } = {
  trim: true,
  position: true,
  strictEntities: true,
};

/** No GPX nests deeper; a document that does is not one. */
const MAX_DEPTH = 100;

async function* readXml(
  file: SourceFile,
  reading: Reading<GpxTrack>,
  ignoreTimes: boolean,
): AsyncGenerator<void, void> {
  const parser = sax.parser(true, SAX_OPTIONS);
  const handler = new GpxHandler(file.label, reading.collector, ignoreTimes, () => parser.line + 1);
  const fail = (reason: string, message: string): never => {
    throw damage(reason, message, { file: file.label, line: parser.line + 1, column: parser.column + 1 });
  };
  let depth = 0;
  parser.onerror = (error) => fail("broken XML", `broken XML: ${error.message.split("\n")[0]}`);
  parser.ondoctype = () =>
    fail("document type declaration", "a GPX file must not hold a document type declaration");
  parser.onopentag = (tag) => {
    if (++depth > MAX_DEPTH) fail("broken XML", `elements must nest at most ${MAX_DEPTH} deep`);
    const name = localName(tag.name);
    if (depth === 1 && name !== "gpx") fail("not GPX", `the root element must be gpx, got ${tag.name}`);
    handler.open(name, tag.attributes as Record<string, string>);
  };
  parser.ontext = (text) => handler.text(text);
  parser.oncdata = (text) => handler.text(text);
  parser.onclosetag = (name) => {
    depth--;
    handler.close(localName(name));
  };
  try {
    for await (const text of decoded(reading.text(file), file.label)) {
      parser.write(text);
      yield;
    }
    parser.close();
  } catch (error) {
    if (reading.ledger.lenient) handler.finish();
    throw error;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Text in the encoding that the XML declaration names; UTF-8 without one. */
async function* decoded(chunks: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk, file);
    yield decodeOrFail(decoder, chunk, file);
  }
  if (decoder !== undefined) yield decodeOrFail(decoder, undefined, file);
}

function decoderFor(head: Uint8Array, file: string): TextDecoder {
  const declaration = Buffer.from(head.subarray(0, 200)).toString("latin1");
  const named = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/i.exec(declaration)?.[1] ?? "utf-8";
  // UTF-16 has been converted to UTF-8 by its byte order mark.
  const label = /^utf-?16/i.test(named) ? "utf-8" : named;
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (error) {
    throw damage(
      "unknown encoding",
      `encoding must be one that this runtime knows, got ${named}`,
      { file },
      error,
    );
  }
}

function decodeOrFail(decoder: TextDecoder, chunk: Uint8Array | undefined, file: string): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (error) {
    throw damage("not text", `not valid ${decoder.encoding.toUpperCase()}`, { file }, error);
  }
}

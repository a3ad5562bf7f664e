import { type FormatLocation, ValueError } from "../foundation/errors.js";
import { crsName, describeCrs, isDegreesName, isWgs84Name } from "./crs-names.js";
import { damage } from "./ledger.js";

/** Brings a position to WGS84 degrees; NaN where there is no such place. */
export type ToLonLat = (x: number, y: number) => readonly [lon: number, lat: number];

/** What is used of the proj4 library. */
type Proj4 = (from: string, to: string) => { forward(position: [number, number]): number[] };

/** Decides what becomes of positions whose file names a coordinate system; see the option `crs`. */
export class CrsPolicy {
  readonly #where: string;
  readonly #crs: string;
  readonly #isPlanar: boolean;
  readonly #proj4: Proj4 | undefined;
  /** Transforms by definition: proj4 takes long to parse one. */
  readonly #known = new Map<string, ToLonLat>();

  /** @param proj4 absent where positions are never reprojected */
  constructor(where: string, crs: string, coordinateSystem: "lonlat" | "planar", proj4?: Proj4) {
    this.#where = where;
    this.#crs = crs;
    this.#isPlanar = coordinateSystem === "planar";
    this.#proj4 = proj4;
  }

  /** The policy for these options; loads proj4 where they ask for it. */
  static async load(where: string, crs: string, coordinateSystem: "lonlat" | "planar"): Promise<CrsPolicy> {
    const needsProj4 = crs !== "auto" && !isDegreesName(crsName(crs) ?? "") && coordinateSystem === "lonlat";
    if (!needsProj4) return new CrsPolicy(where, crs, coordinateSystem);
    const { default: proj4 } = await import("proj4");
    const policy = new CrsPolicy(where, crs, coordinateSystem, proj4 as unknown as Proj4);
    if (crs !== "file") policy.#transform(crs);
    return policy;
  }

  /**
   * How positions of a file come to WGS84 degrees; undefined where they are taken as they are.
   *
   * @param declared what the file says: undefined where nothing, which means degrees; null for unknown
   * @throws {FormatError} a coordinate system that the options do not provide for; the message names it and an option
   */
  transformOf(declared: unknown, at: FormatLocation): ToLonLat | undefined {
    if (this.#isPlanar) return undefined;
    if (this.#crs !== "auto" && this.#crs !== "file") {
      return isDegreesName(crsName(this.#crs) ?? "") ? undefined : this.#transform(this.#crs);
    }
    if (declared === undefined) return undefined;
    if (declared === null) {
      const message = `crs null (unknown) needs the option crs (crs: "EPSG:4326" for degrees) or coordinateSystem: "planar"`;
      throw damage("unknown coordinate system", message, at);
    }
    const name = crsName(declared) ?? "";
    if (isWgs84Name(name) || (this.#crs === "file" && isDegreesName(name))) return undefined;
    if (this.#crs === "file") return this.#declaredTransform(declared, at);
    const hint = isDegreesName(name)
      ? `crs: "${name}" reads its degrees as they are`
      : `crs: "file" reprojects it, crs: "…" says what it is instead, coordinateSystem: "planar" takes it as it is`;
    const message = `crs must be absent, CRS84 or EPSG:4326, got ${describeCrs(declared)}; ${hint}`;
    throw damage("other coordinate system", message, at);
  }

  #declaredTransform(declared: unknown, at: FormatLocation): ToLonLat {
    try {
      return this.#transform(definitionOf(declared));
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      throw damage("other coordinate system", cause.message, at, cause);
    }
  }

  /** @throws {ValueError} a definition that proj4 does not understand */
  #transform(definition: string): ToLonLat {
    const known = this.#known.get(definition);
    if (known !== undefined) return known;
    let converter: ReturnType<Proj4>;
    try {
      if (this.#proj4 === undefined)
        throw new Error("this function does not reproject; readTrajectories does");
      converter = this.#proj4(crsName(definition) ?? definition, "WGS84");
    } catch (cause) {
      const got = describeCrs(definition);
      throw new ValueError(
        `${this.#where}: crs must be one that PROJ knows by name, or its PROJ or WKT definition (as epsg.io lists it), got ${got}`,
        { cause },
      );
    }
    const transform: ToLonLat = (x, y) => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return [Number.NaN, Number.NaN];
      const [lon, lat] = converter.forward([x, y]);
      return [lon ?? Number.NaN, lat ?? Number.NaN];
    };
    this.#known.set(definition, transform);
    return transform;
  }
}

/** What proj4 takes: a name, PROJ text, WKT, or PROJJSON as text. */
function definitionOf(declared: unknown): string {
  const name = crsName(declared);
  if (name !== undefined) return name;
  return typeof declared === "string" ? declared : JSON.stringify(declared);
}

// Where the map looks. The world is the unit square of Web Mercator, y down, or a plane in metres, y down.

export type System = "lonlat" | "planar";
/** World coordinates `[minX, minY, maxX, maxY]`. */
export type Box = readonly [minX: number, minY: number, maxX: number, maxY: number];

const MAX_LATITUDE = 85.0511;

/** A position as it lies in the world. Latitudes beyond the Mercator map are drawn at its edge. */
export function toWorld(system: System, x: number, y: number): [x: number, y: number] {
  if (system === "planar") return [x, -y];
  const latitude = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, y));
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [(x + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** The position at a place in the world; longitudes come back within ±180. */
export function fromWorld(system: System, x: number, y: number): [x: number, y: number] {
  if (system === "planar") return [x, -y];
  const turns = x - Math.floor(x);
  return [turns * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** What a canvas of a size shows of the world. Never changed: moving makes a new one. */
export class View {
  constructor(
    readonly system: System,
    readonly width: number,
    readonly height: number,
    readonly centerX: number,
    readonly centerY: number,
    /** Pixels a world unit. */
    readonly scale: number,
  ) {}

  /** A view of a whole box, with a margin in pixels. */
  static around(
    system: System,
    width: number,
    height: number,
    [minX, minY, maxX, maxY]: Box,
    margin = 32,
  ): View {
    const smallest = system === "lonlat" ? 1e-7 : 0.1;
    const across = Math.max(maxX - minX, smallest);
    const down = Math.max(maxY - minY, smallest);
    const roomX = Math.max(40, width - 2 * margin);
    const roomY = Math.max(40, height - 2 * margin);
    const scale = clampScale(system, width, Math.min(roomX / across, roomY / down));
    return new View(system, width, height, (minX + maxX) / 2, (minY + maxY) / 2, scale);
  }

  get box(): Box {
    const [halfX, halfY] = [this.width / 2 / this.scale, this.height / 2 / this.scale];
    return [this.centerX - halfX, this.centerY - halfY, this.centerX + halfX, this.centerY + halfY];
  }

  screenX(x: number): number {
    return (x - this.centerX) * this.scale + this.width / 2;
  }

  screenY(y: number): number {
    return (y - this.centerY) * this.scale + this.height / 2;
  }

  worldAt(x: number, y: number): [x: number, y: number] {
    return [
      (x - this.width / 2) / this.scale + this.centerX,
      (y - this.height / 2) / this.scale + this.centerY,
    ];
  }

  /** Moved so that what was at the middle is `dx`, `dy` pixels further right and down. */
  panned(dx: number, dy: number): View {
    return this.with(this.centerX - dx / this.scale, this.centerY - dy / this.scale, this.scale);
  }

  /** Closer by a factor, with the place at pixel `x`, `y` staying there. */
  zoomed(factor: number, x = this.width / 2, y = this.height / 2): View {
    const scale = clampScale(this.system, this.width, this.scale * factor);
    const [worldX, worldY] = this.worldAt(x, y);
    return this.with(worldX - (x - this.width / 2) / scale, worldY - (y - this.height / 2) / scale, scale);
  }

  sized(width: number, height: number): View {
    return new View(this.system, width, height, this.centerX, this.centerY, this.scale);
  }

  equals(other: View): boolean {
    return (
      this.system === other.system &&
      this.width === other.width &&
      this.height === other.height &&
      this.centerX === other.centerX &&
      this.centerY === other.centerY &&
      this.scale === other.scale
    );
  }

  /** Metres a pixel at the middle. */
  get metersPerPixel(): number {
    if (this.system === "planar") return 1 / this.scale;
    const [, latitude] = fromWorld("lonlat", this.centerX, this.centerY);
    return (40_030_228.9 * Math.cos((latitude * Math.PI) / 180)) / this.scale;
  }

  private with(x: number, y: number, scale: number): View {
    const [centerX, centerY] = this.system === "lonlat" ? [x - Math.floor(x), clamp(y, 0, 1)] : [x, y];
    return new View(this.system, this.width, this.height, centerX, centerY, scale);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** From one world across the canvas to some centimetres a pixel. */
function clampScale(system: System, width: number, scale: number): number {
  if (system === "planar") return clamp(scale, 1e-4, 1e4);
  return clamp(scale, Math.max(256, width), 256 * 2 ** 23);
}

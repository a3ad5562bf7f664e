import { checkOptions } from "../foundation/check-options.js";
import { ValueError } from "../foundation/errors.js";
import {
  checkGiven,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkPositive,
} from "../foundation/validate.js";
import type { CoordinateSystem, TrajectorySet } from "../trajectories/trajectory-set.js";
import { type BoundingBox, checkBoundingBox } from "./bbox.js";
import { checkLonLat, checkPlanar, type Position } from "./position.js";
import { mercatorX, mercatorY, WEB_MERCATOR_LIMIT_METERS, webMercator } from "./projection.js";

/** How a {@link UniformGrid} is laid out. */
export interface UniformGridOptions {
  /**
   * What the grid covers: `[west, south, east, north]` in degrees (within Web Mercator's latitudes, not across the
   * antimeridian), or planar `[minX, minY, maxX, maxY]`. The last column and row may reach beyond it.
   */
  readonly extent: BoundingBox;
  /**
   * Side of a cell in Web Mercator metres (planar: in the extent's unit), E2DTC's 300. At latitude φ that is
   * cos φ as much on the ground: 300 m are 230 m in Beijing.
   */
  readonly cellSizeMeters: number;
  /** What the extent and positions are: degrees, or x and y on the plane. @defaultValue "lonlat" */
  readonly coordinateSystem?: CoordinateSystem;
}

/**
 * Square cells over Web Mercator or the plane, numbered row by row from the south-west corner:
 * id = row · columns + column. A cell owns its western and southern edges; the extent's own eastern and northern edges
 * belong to the last column and row.
 *
 * @throws {ValueError} an extent without width or height, out of range or across the antimeridian, a cell size that is
 *   not positive, or more than 2³¹ − 1 cells
 * @example
 * const grid = new UniformGrid({ extent: [116.1, 39.5, 116.8, 40.3], cellSizeMeters: 300 });
 * grid.centerOf(grid.idAt([116.4, 39.9])) // within 150 Mercator metres of it along each axis
 */
export class UniformGrid {
  /** What the grid covers, as it was given. */
  readonly extent: BoundingBox;
  /** Side of a cell, in Web Mercator metres (planar: in the extent's unit). */
  readonly cellSizeMeters: number;
  /** What positions and extent are: degrees, or x and y on the plane. */
  readonly coordinateSystem: CoordinateSystem;
  /** Cells from west to east; the last may reach beyond the extent. */
  readonly columns: number;
  /** Cells from south to north; the last may reach beyond the extent. */
  readonly rows: number;
  readonly #minX: number;
  readonly #minY: number;
  readonly #maxX: number;
  readonly #maxY: number;

  constructor(options: UniformGridOptions) {
    checkGiven("UniformGrid", "options", options);
    checkOptions("UniformGrid", options, ["extent", "cellSizeMeters", "coordinateSystem"]);
    const { extent, cellSizeMeters, coordinateSystem = "lonlat" } = options;
    checkOneOf("UniformGrid", "coordinateSystem", coordinateSystem, ["lonlat", "planar"]);
    checkPositive("UniformGrid", "cellSizeMeters", cellSizeMeters);
    if (coordinateSystem === "lonlat") checkBoundingBox("UniformGrid", "extent", extent);
    checkLength("UniformGrid", "extent", extent, 4);
    if (!(extent[0] < extent[2] && extent[1] < extent[3] && extent.every(Number.isFinite))) {
      throw new ValueError(
        `UniformGrid: extent must be [west, south, east, north] with west < east and south < north, got [${extent.join(", ")}]`,
      );
    }
    this.extent = [extent[0], extent[1], extent[2], extent[3]];
    this.cellSizeMeters = cellSizeMeters;
    this.coordinateSystem = coordinateSystem;
    [this.#minX, this.#minY] = this.#project([extent[0], extent[1]]);
    [this.#maxX, this.#maxY] = this.#project([extent[2], extent[3]]);
    this.columns = Math.ceil((this.#maxX - this.#minX) / cellSizeMeters);
    this.rows = Math.ceil((this.#maxY - this.#minY) / cellSizeMeters);
    if (!(this.columns * this.rows <= 2 ** 31 - 1)) {
      throw new ValueError(
        `UniformGrid: cells must number at most ${2 ** 31 - 1}, got ${this.columns} × ${this.rows}`,
      );
    }
  }

  /** The number of cells. */
  get cellCount(): number {
    return this.columns * this.rows;
  }

  /**
   * The id of the cell that holds a position; −1 outside the extent.
   *
   * @throws {ValueError} a position that is none
   */
  idAt(position: Position): number {
    if (this.coordinateSystem === "lonlat") checkLonLat("UniformGrid.idAt", "position", position);
    else checkPlanar("UniformGrid.idAt", "position", position);
    return this.#idAt(position[0], position[1]);
  }

  /**
   * The ids of the cells of all points of a set, −1 outside the extent, `[points]`.
   *
   * @throws {ValueError} a set of another coordinate system
   */
  idsOf(set: TrajectorySet): Int32Array {
    if (set.coordinateSystem !== this.coordinateSystem) {
      throw new ValueError(
        `UniformGrid.idsOf: set must be ${this.coordinateSystem}, got ${set.coordinateSystem}`,
      );
    }
    const ids = new Int32Array(set.pointCount);
    for (let i = 0; i < ids.length; i++) {
      ids[i] = this.#idAt(set.coordinates[2 * i]!, set.coordinates[2 * i + 1]!);
    }
    return ids;
  }

  /** The id of a cell by its column (from the west) and row (from the south). */
  idOf(column: number, row: number): number {
    checkNonNegativeInteger("UniformGrid.idOf", "column", column);
    checkNonNegativeInteger("UniformGrid.idOf", "row", row);
    if (column >= this.columns || row >= this.rows) {
      throw new ValueError(
        `UniformGrid.idOf: cell must be within ${this.columns} columns × ${this.rows} rows, got column ${column}, row ${row}`,
      );
    }
    return row * this.columns + column;
  }

  /** The column and row of a cell. */
  cellOf(id: number): { readonly column: number; readonly row: number } {
    if (!Number.isSafeInteger(id) || id < 0 || id >= this.cellCount) {
      throw new ValueError(`UniformGrid.cellOf: id must be an integer in [0, ${this.cellCount}), got ${id}`);
    }
    return { column: id % this.columns, row: Math.floor(id / this.columns) };
  }

  /** The position of a cell's centre; a last cell's may lie beyond the extent. */
  centerOf(id: number): [x: number, y: number] {
    const { column, row } = this.cellOf(id);
    return this.#unproject((column + 0.5) * this.cellSizeMeters, (row + 0.5) * this.cellSizeMeters);
  }

  /** The centre of a cell in the grid's own metres (Web Mercator, or the plane), where cells are square. */
  projectedCenterOf(id: number): [x: number, y: number] {
    const { column, row } = this.cellOf(id);
    return [
      this.#minX + (column + 0.5) * this.cellSizeMeters,
      this.#minY + (row + 0.5) * this.cellSizeMeters,
    ];
  }

  /** A cell's corners as a bounding box in the grid's coordinates. */
  bboxOf(id: number): [west: number, south: number, east: number, north: number] {
    const { column, row } = this.cellOf(id);
    const [west, south] = this.#unproject(column * this.cellSizeMeters, row * this.cellSizeMeters);
    const [east, north] = this.#unproject(
      (column + 1) * this.cellSizeMeters,
      (row + 1) * this.cellSizeMeters,
    );
    return [west, south, east, north];
  }

  /**
   * The cells around a cell, itself not among them, by ascending id: the square of side 2 · rings + 1, less what lies
   * off the grid.
   *
   * @param rings a non-negative integer; 1 gives up to 8 cells
   */
  neighborsOf(id: number, rings = 1): number[] {
    checkNonNegativeInteger("UniformGrid.neighborsOf", "rings", rings);
    const { column, row } = this.cellOf(id);
    const ids: number[] = [];
    for (let r = Math.max(0, row - rings); r <= Math.min(this.rows - 1, row + rings); r++) {
      for (let c = Math.max(0, column - rings); c <= Math.min(this.columns - 1, column + rings); c++) {
        if (r !== row || c !== column) ids.push(r * this.columns + c);
      }
    }
    return ids;
  }

  /** {@link idAt} for loops: a trusted position. */
  #idAt(x: number, y: number): number {
    const [west, south, east, north] = this.extent;
    if (x < west || x > east || y < south || y > north) return -1;
    const isLonLat = this.coordinateSystem === "lonlat";
    const right = (isLonLat ? mercatorX(x) : x) - this.#minX;
    const up = (isLonLat ? mercatorY(y) : y) - this.#minY;
    // Rounding, and the extent's own far edges, must not lead beyond the first and last column and row.
    const column = Math.max(0, Math.min(this.columns - 1, Math.floor(right / this.cellSizeMeters)));
    const row = Math.max(0, Math.min(this.rows - 1, Math.floor(up / this.cellSizeMeters)));
    return row * this.columns + column;
  }

  #project(position: Position): Position {
    return this.coordinateSystem === "lonlat" ? webMercator.forward(position) : position;
  }

  /** From metres beyond the south-west corner. */
  #unproject(right: number, up: number): [x: number, y: number] {
    const x = this.#minX + right;
    const y = this.#minY + up;
    if (this.coordinateSystem === "planar") return [x, y];
    // A last cell may reach beyond the edge of the Mercator square.
    const limit = WEB_MERCATOR_LIMIT_METERS;
    return webMercator.inverse([Math.min(limit, x), Math.min(limit, y)]);
  }
}

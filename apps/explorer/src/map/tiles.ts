import { fromWorld, type View } from "./view.js";

/** Pictures of a map service that the user named. None is asked for until then. */
export class Tiles {
  readonly #template: string;
  readonly #images = new Map<string, HTMLImageElement>();
  readonly #onLoad: () => void;

  /** @param template an address with {z}, {x} and {y} @throws {Error} an address that is none */
  constructor(template: string, onLoad: () => void) {
    const isAddress = /^(https?:\/\/|\/|\.\/)/.test(template);
    if (!isAddress || !["{z}", "{x}", "{y}"].every((part) => template.includes(part))) {
      throw new Error(
        "The address of tiles must start with https:// and hold {z}, {x} and {y}, such as https://tiles.example.org/{z}/{x}/{y}.png",
      );
    }
    this.#template = template;
    this.#onLoad = onLoad;
  }

  draw(context: CanvasRenderingContext2D, view: View): void {
    const zoom = Math.max(0, Math.min(19, Math.round(Math.log2(view.scale / 256))));
    const count = 2 ** zoom;
    const [minX, minY, maxX, maxY] = view.box;
    for (let row = Math.max(0, Math.floor(minY * count)); row < Math.min(count, maxY * count); row++) {
      for (let column = Math.floor(minX * count); column < maxX * count; column++) {
        const image = this.#imageOf(zoom, ((column % count) + count) % count, row);
        if (!image.complete || image.naturalWidth === 0) continue;
        const [x, y] = [view.screenX(column / count), view.screenY(row / count)];
        const size = view.scale / count;
        context.drawImage(image, x, y, size + 0.5, size + 0.5);
      }
    }
  }

  #imageOf(zoom: number, column: number, row: number): HTMLImageElement {
    const values: Readonly<Record<string, number>> = { "{z}": zoom, "{x}": column, "{y}": row };
    const address = this.#template.replace(/\{[zxy]\}/g, (part) => String(values[part]));
    const known = this.#images.get(address);
    if (known !== undefined) return known;
    const image = new Image();
    image.decoding = "async";
    image.crossOrigin = "anonymous";
    image.addEventListener("load", this.#onLoad);
    image.src = address;
    this.#images.set(address, image);
    return image;
  }
}

/** For a sentence about where the map looks. */
export function centerInWords(view: View): string {
  const [x, y] = fromWorld(view.system, view.centerX, view.centerY);
  if (view.system === "planar") return `${x.toFixed(1)} m, ${y.toFixed(1)} m`;
  return `${Math.abs(y).toFixed(3)}° ${y < 0 ? "south" : "north"}, ${Math.abs(x).toFixed(3)}° ${x < 0 ? "west" : "east"}`;
}

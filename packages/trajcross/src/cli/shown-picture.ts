import { encode } from "fast-png";
import type { Raster } from "../data/resize.js";
import { orientationOf } from "../node/orientation.js";
import { pictureKind } from "../node/picture-kind.js";

/** A picture as pages show it: `data:image/…`. */
export function shownPicture(bytes: Uint8Array, picture: Raster): string {
  const kind = pictureKind(bytes);
  // Browsers show no TIFF, and not all of them turn a picture within a drawing as its file says.
  const isShown = kind !== undefined && orientationOf(bytes, kind) === 1;
  if (isShown) return dataUrl(`image/${kind}`, bytes);
  const { width, height, data, channels } = picture;
  return dataUrl("image/png", encode({ width, height, data, depth: 8, channels: channels as 3 }));
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
}

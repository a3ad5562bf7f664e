// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { type Hit, presets, resizeToSquare, TrajCross, TrajCrossIndex } from "@wayweave/trajcross";

export const parts = [TrajCross, TrajCrossIndex, presets];

// @ts-expect-error a raster is needed
resizeToSquare();
// @ts-expect-error a hit is not a number
export const hit: Hit = 7;
// @ts-expect-error a preset of another name
presets.gigantic;

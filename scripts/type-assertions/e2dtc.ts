// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { E2DTC, type PresetName, presets, tokenize } from "@wayweave/e2dtc";

export const parts = [E2DTC, presets];

// @ts-expect-error trips are needed
tokenize();
// @ts-expect-error a preset of another name
export const preset: PresetName = "gigantic";
// @ts-expect-error a preset of another name
presets.gigantic;

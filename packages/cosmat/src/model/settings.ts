import type { FeatureOptions } from "./feature-map.js";

/** Everything that a fit can be told, and that cross-validation can choose. Each system uses some of them. */
export interface Settings {
  /** What is done to image features. */
  readonly images: FeatureOptions;
  /** What is done to text features. */
  readonly texts: FeatureOptions;
  /** Dimension of the common space. */
  readonly components: number;
  /** CorrProj's, or GMA's: a share of the mean variance. */
  readonly ridge: number;
  /** Weight of ½‖W‖² in the images' classifier. */
  readonly imageRidge: number;
  /** Weight of ½‖W‖² in the texts' classifier. */
  readonly textRidge: number;
  /** Each component is weighed by its correlation to this power (CoSMat without labels). */
  readonly power: number;
}

/** The name of one of {@link Settings}. */
export type SettingName = keyof Settings;

/** What cross-validation may choose from, setting by setting. */
export type SettingChoices = { readonly [Name in SettingName]?: readonly Settings[Name][] };

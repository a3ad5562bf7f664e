import type { EndsFit } from "./line-ends.js";
import type { Registration } from "./line-evidence.js";

/** A track compared with a picture. */
export interface Match {
  readonly index: number;
  /** How much of the line and of the track fall together, 0 … 1. */
  readonly overlap: number;
  /** How much the track's path differs in colour from its parallels, 0 … 1. */
  readonly contrast: number;
  readonly ends: EndsFit;
  readonly registration: Registration;
  /** Logarithm of how likely the picture shows it, up to a constant. */
  readonly odds: number;
}

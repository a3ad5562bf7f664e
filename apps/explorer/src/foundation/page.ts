import type { Palette } from "../map/colors.js";
import type { AddressState } from "./page-state.js";

/** What a panel gets from the page. */
export interface Page {
  readonly state: AddressState;
  readonly tell: (message: string) => void;
}

/** A tab of the page. */
export interface Panel {
  /** The controls beside the map. */
  readonly controls: HTMLElement;
  readonly stage: HTMLElement;
  setPalette(palette: Palette): void;
  /** Called each time the panel comes to the front. */
  show?(): void;
}

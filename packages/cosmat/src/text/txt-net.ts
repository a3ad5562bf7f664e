import { saveCheckpoint } from "@wayweave/nn";
import { checkPath } from "../internal/arguments.js";
import { openCheckpoint } from "../model/open-checkpoint.js";
import { fitTxtNetParts, readTxtNet, TxtNetModel, type TxtNetOptions } from "./txt-net-model.js";

/** The text branch of DeCoSReS, with files: raw texts → words → topic proportions (paper, section V-A). */
export class TxtNet extends TxtNetModel {
  /**
   * @throws {ValueError} options out of range or unknown, or texts from which no word is left
   * @throws the reason of `lda.signal`
   */
  static async fit(texts: readonly string[], options: TxtNetOptions = {}): Promise<TxtNet> {
    return new TxtNet(await fitTxtNetParts("TxtNet.fit", texts, options));
  }

  /** Saves words, topics and the tokeniser's options as one safetensors file. */
  async save(file: string): Promise<void> {
    checkPath("TxtNet.save", "file", file);
    await saveCheckpoint(file, this.contents());
  }

  /** @throws {FormatError} a file that is no such model */
  static async load(file: string): Promise<TxtNet> {
    checkPath("TxtNet.load", "file", file);
    return new TxtNet(readTxtNet(await openCheckpoint(file), file));
  }
}

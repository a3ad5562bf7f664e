import type { DatasetId, LocatedDataset } from "../datasets/catalogue.js";
import { downloads } from "../datasets/fetch.js";
import { DatasetLocator } from "../datasets/locate.js";

/** Tells once of every dataset that is asked for and not there: what is made up for it is no measurement of the real one. */
export class TellingLocator extends DatasetLocator {
  readonly #tell: (note: string) => void;
  readonly #told = new Set<DatasetId>();

  constructor(roots: readonly string[], tell: (note: string) => void) {
    super(roots);
    this.#tell = tell;
  }

  override async locate(id: DatasetId): Promise<LocatedDataset | undefined> {
    const found = await super.locate(id);
    if (found === undefined && !this.#told.has(id)) {
      this.#told.add(id);
      this.#tell(`note: ${id} was not found, so made-up data stand for it (${helpWith(id)})`);
    }
    return found;
  }
}

function helpWith(id: DatasetId): string {
  if (ENCODERS.includes(id)) return "fetch encoders downloads it";
  const folder = "--data names the folder that holds it";
  return downloads[id] === undefined ? folder : `${folder}, fetch ${id} downloads it`;
}

const ENCODERS: readonly DatasetId[] = ["efficientnet-lite0", "bge-small-zh", "minilm"];

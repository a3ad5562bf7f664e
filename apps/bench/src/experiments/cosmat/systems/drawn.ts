import type { RawCorpus } from "../../../datasets/raw-pairs.js";
import type { RunContext } from "../../experiment.js";

/** Says in the results that the objects are drawn from what is real, if it is. */
export async function declareDrawn(context: RunContext, { provenance }: RawCorpus): Promise<void> {
  await context.load(null, "drawn objects", async () => ({
    provenance: {
      name: "objects",
      source: provenance.source === "real" ? "mixed" : "synthetic",
      files: [],
      sha256: [],
      counts: {},
    },
  }));
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AuthorsLabels,
  parseAuthorsLabels,
  parseClusterCenters,
} from "./ground-truth/authors-labels.js";
import { checkText } from "./inputs/check-trips.js";

/**
 * Reads the E2DTC authors' labelled GeoLife set from a folder with `labeled_trajs.tsv`, `vocab.csv` and
 * `cluster_center.csv`.
 *
 * @throws {FormatError} a broken line, with file and line
 */
export async function readAuthorsLabels(
  directory: string,
): Promise<AuthorsLabels & { readonly centers: Float64Array }> {
  checkText("readAuthorsLabels", "directory", directory);
  const [trajectories, vocabulary, centers] = await Promise.all(
    ["labeled_trajs.tsv", "vocab.csv", "cluster_center.csv"].map((name) =>
      readFile(join(directory, name), "utf8"),
    ),
  );
  return {
    ...parseAuthorsLabels({ trajectories: trajectories!, vocabulary: vocabulary! }),
    centers: parseClusterCenters(centers!),
  };
}

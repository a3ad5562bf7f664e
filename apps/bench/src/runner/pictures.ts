import { dirname, join } from "node:path";
import { ValueError } from "@wayweave/geo-core";
import type { AnyExperiment, RowOutput } from "../experiments/experiment.js";
import { slug, writeText } from "../results/files.js";
import type { PictureEntry } from "../results/schema.js";

/**
 * Draws an experiment's pictures and writes each beside the results file, as `<preset>.<title>.svg`.
 *
 * @param path the results file
 * @throws {ValueError} two titles that give one file name, or a picture that is no SVG element
 */
export async function drawPictures(
  experiment: AnyExperiment,
  path: string,
  outputs: readonly RowOutput<Record<string, unknown>>[],
): Promise<PictureEntry[]> {
  if (experiment.pictures === undefined || outputs.length === 0) return [];
  const entries: PictureEntry[] = [];
  for (const { title, svg } of experiment.pictures(outputs)) {
    const file = path.replace(/^.*[\\/]/, "").replace(/\.json$/, `.${slug(title)}.svg`);
    if (entries.some((entry) => entry.file === file)) {
      throw new ValueError(`${experiment.id}: titles of pictures must be different, got "${title}" twice`);
    }
    if (!svg.startsWith("<svg ")) {
      throw new ValueError(`${experiment.id}: the picture "${title}" must be one <svg> element`);
    }
    await writeText(join(dirname(path), file), `${svg}\n`);
    entries.push({ title, file });
  }
  return entries;
}

import { type CurvePanel, curvesPicture } from "../../../report/pictures/curves.js";
import type { Picture, RowOutput } from "../../experiment.js";
import type { RetrievalRaw } from "./retrieval.js";

/** How the loss of each row that tells it fell: a panel a system, a curve a dataset, the mean over the seeds. */
export function lossCurves(outputs: readonly RowOutput<RetrievalRaw>[]): readonly Picture[] {
  const told = outputs.filter(({ raw }) => (raw.losses?.length ?? 0) > 0);
  const panels = unique(told.map(({ system }) => system)).map((system): CurvePanel => {
    const own = told.filter((output) => output.system === system);
    const curves = unique(own.map(({ dataset }) => dataset)).map((dataset) => ({
      name: dataset,
      points: meanCurve(own.filter((output) => output.dataset === dataset).map(({ raw }) => raw.losses!)),
    }));
    return { title: system, xLabel: "epoch", yLabel: "training loss", curves };
  });
  if (panels.length === 0) return [];
  const title = "Training loss of the baselines";
  return [{ title, svg: curvesPicture({ title, panels, columns: 3 }) }];
}

function meanCurve(seeds: readonly Float64Array[]): { x: number; y: number }[] {
  return Array.from(seeds[0]!, (_, epoch) => ({
    x: epoch + 1,
    y: seeds.reduce((sum, losses) => sum + losses[epoch]!, 0) / seeds.length,
  }));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

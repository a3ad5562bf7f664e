import { localEquirectangular, projectSet, type Random, TrajectorySet } from "@wayweave/geo-core";
import { type PairSet, renderImages } from "@wayweave/trajcross";
import { loadTrips } from "../../datasets/trips.js";
import { defineExperiment, type Row, type RunContext } from "../experiment.js";
import { embedPairs, type ModelSpec, useModel } from "./systems/models.js";
import { ranksOf, rerankedRanks } from "./systems/ranking.js";
import { type RetrievalRaw, retrievalRawSchema, scoreRetrieval } from "./systems/retrieval.js";
import { oneWindowEach } from "./systems/trip-windows.js";
import { universalNotes, universalRows } from "./systems/universal.js";

interface TransferParameters {
  readonly model: ModelSpec;
  /** Test pairs of each set. */
  readonly testCount: number;
  readonly sets: readonly ForeignSet[];
  /** Candidates of the embeddings that are compared by drawing. */
  readonly reranked: number;
}

type ForeignSet = "Porto" | "GeoLife";

/**
 * How trips of kilometres come into a scene of metres. `windows`: each window gets the size and the place of a window of UNIV. `city`: the
 * whole city is shrunk to the scene, so windows keep their places and sizes to each other.
 */
type Scaling = "windows" | "city";

export const transfer = defineExperiment<TransferParameters, RetrievalRaw>({
  id: "trajcross/transfer",
  title: "Trained on pedestrians, tested on taxis and travellers",
  artefact: "Beyond TrajCross",
  notes: [
    "The model has learnt from windows of UNIV only (split UNIV windows). It is tested on windows of 20 points of Porto's taxis and GeoLife's travellers, at most one a trip, images and extents drawn as for UNIV.",
    "Each window as a window of UNIV: moved and scaled so that its centre and its larger span are those of a test window drawn at random: new shapes at familiar sizes and places.",
    "City as the scene: the middle 90 % of the windows' centres fill UNIV's square. Windows of a few hundred metres in a city of ten kilometres become a few per cent of the scene.",
    ...universalNotes,
    "Re-ranking compares by drawing: it has learnt nothing, so nothing can fail to transfer but what the first candidates left out.",
    "Trained for 8 epochs at the standard preset, a third of Table I's budget.",
  ],
  presets: {
    quick: {
      model: { dataset: "UNIV windows", trainCount: 512, testCount: 120, epochs: 3 },
      testCount: 120,
      sets: ["Porto"],
      reranked: 20,
    },
    standard: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 8 },
      testCount: 2379,
      sets: ["Porto", "GeoLife"],
      reranked: 50,
    },
    full: {
      model: { dataset: "UNIV windows", trainCount: 10_000, testCount: 2379, epochs: 100 },
      testCount: 2379,
      sets: ["Porto", "GeoLife"],
      reranked: 50,
    },
  },
  seedCounts: { quick: 1, standard: 1 },
  metrics: ["t2iTop1", "t2iTop5", "t2iTop10", "i2tTop1", "i2tTop5", "i2tTop10", "trajectories"],
  packages: ["@wayweave/geo-core", "@wayweave/nn", "@wayweave/trajcross", "@wayweave/e2dtc"],
  rawSchema: retrievalRawSchema,
  rows: ({ parameters }) => [
    ...bothRows("UNIV", parameters, async (_, test) => test),
    ...parameters.sets.flatMap((name) =>
      (["windows", "city"] as const).flatMap((scaling) => {
        const dataset = `${name}, ${scaling === "windows" ? "each window as a window of UNIV" : "city as the scene"}`;
        const pairsOf: PairsOf = (context, test) =>
          foreignPairs(context, name, scaling, test, parameters.testCount);
        return [...bothRows(dataset, parameters, pairsOf), ...universalOf(dataset, parameters, pairsOf)];
      }),
    ),
  ],
  score: scoreRetrieval,
});

/** The same pairs by the line reader that comes with the package. */
function universalOf(
  dataset: string,
  { model: spec, reranked }: TransferParameters,
  pairsOf: PairsOf,
): Row<RetrievalRaw>[] {
  return universalRows(dataset, reranked, (context) =>
    useModel(context, spec, (_, test) => pairsOf(context, test)),
  );
}

type PairsOf = (context: RunContext, test: PairSet) => Promise<PairSet>;

function bothRows(
  dataset: string,
  { model: spec, reranked }: TransferParameters,
  pairsOf: PairsOf,
): Row<RetrievalRaw>[] {
  return [0, reranked].map((candidates) => ({
    system: candidates === 0 ? "TrajCross (ours)" : "TrajCross (ours) + re-ranking",
    dataset,
    paper: null,
    run: (context) =>
      useModel(context, spec, async (model, test) => {
        const embedded = await embedPairs(model, await pairsOf(context, test), context.signal);
        return candidates === 0 ? ranksOf(embedded) : rerankedRanks(embedded, candidates, context.signal);
      }),
  }));
}

/** Pairs of another set, scaled into UNIV's scene. */
async function foreignPairs(
  context: RunContext,
  name: ForeignSet,
  scaling: Scaling,
  test: PairSet,
  count: number,
): Promise<PairSet> {
  const { set } = await loadTrips(context, name);
  const random = context.random.split(name);
  const geographic = oneWindowEach(set, random.split("windows"), count);
  const origin = [geographic.coordinates[0]!, geographic.coordinates[1]!] as const;
  const windows = projectSet(geographic, localEquirectangular(origin));
  const trajectories =
    scaling === "windows"
      ? likeWindows(windows, test.trajectories, random.split("models"))
      : likeScene(windows, test.trajectories);
  return { trajectories, images: renderImages(trajectories, random.split("images")) };
}

/** Each window at the centre and with the larger span of a random one of `models`. */
function likeWindows(windows: TrajectorySet, models: TrajectorySet, random: Random): TrajectorySet {
  return mapWindows(windows, (coordinates) => {
    const model = boxOf(models.at(random.integer(models.length)).coordinates);
    const own = boxOf(coordinates);
    const scale = Math.max(model.spanX, model.spanY) / Math.max(own.spanX, own.spanY);
    return {
      scale,
      moveX: model.centerX - scale * own.centerX,
      moveY: model.centerY - scale * own.centerY,
    };
  });
}

/** The square of the middle 90 % of all windows' centres onto the square of the scene. */
function likeScene(windows: TrajectorySet, scene: TrajectorySet): TrajectorySet {
  const boxes = Array.from(windows, ({ coordinates }) => boxOf(coordinates));
  const middle = (values: number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return [sorted[Math.floor(0.05 * sorted.length)]!, sorted[Math.ceil(0.95 * sorted.length) - 1]!] as const;
  };
  const [left, right] = middle(boxes.map(({ centerX }) => centerX));
  const [bottom, top] = middle(boxes.map(({ centerY }) => centerY));
  const target = boxOf(scene.coordinates);
  const scale = Math.max(target.spanX, target.spanY) / Math.max(right - left, top - bottom);
  const moveX = target.centerX - (scale * (left + right)) / 2;
  const moveY = target.centerY - (scale * (bottom + top)) / 2;
  return mapWindows(windows, () => ({ scale, moveX, moveY }));
}

function mapWindows(
  windows: TrajectorySet,
  mapOf: (coordinates: Float64Array) => {
    readonly scale: number;
    readonly moveX: number;
    readonly moveY: number;
  },
): TrajectorySet {
  const coordinates = new Float64Array(windows.coordinates.length);
  let at = 0;
  for (const window of windows) {
    const { scale, moveX, moveY } = mapOf(window.coordinates);
    for (let i = 0; i < window.coordinates.length; i += 2) {
      coordinates[at++] = scale * window.coordinates[i]! + moveX;
      coordinates[at++] = scale * window.coordinates[i + 1]! + moveY;
    }
  }
  return new TrajectorySet({ coordinates, offsets: windows.offsets, coordinateSystem: "planar" });
}

function boxOf(coordinates: Float64Array) {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i += 2) {
    minX = Math.min(minX, coordinates[i]!);
    maxX = Math.max(maxX, coordinates[i]!);
    minY = Math.min(minY, coordinates[i + 1]!);
    maxY = Math.max(maxY, coordinates[i + 1]!);
  }
  return { spanX: maxX - minX, spanY: maxY - minY, centerX: (minX + maxX) / 2, centerY: (minY + maxY) / 2 };
}

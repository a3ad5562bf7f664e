import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { uacc } from "@wayweave/eval";
import { Random, ValueError } from "@wayweave/geo-core";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type Departure, departureNames } from "../src/model/config.js";
import { E2DTC } from "../src/model/e2dtc.js";
import { type FitOptions, fitE2DTC } from "../src/training/fit.js";
import { fitT2vec } from "../src/training/t2vec.js";
import { setOf } from "./helpers.js";

/** Trips about three places 3 km apart: each wanders some 300 m around its own, for four to nine points. */
function trips(
  count: number,
  coordinateSystem: "lonlat" | "planar" = "planar",
  [fewest, most]: readonly [fewest: number, most: number] = [4, 9],
) {
  const random = new Random(4);
  const labels = Uint32Array.from({ length: count }, (_, i) => i % 3);
  const trajectories = [...labels].map((label) =>
    Array.from({ length: fewest + random.integer(most - fewest + 1) }, (): [number, number] => {
      const [x, y] = [3000 * label + 300 * random.normal(), 2000 * (label % 2) + 300 * random.normal()];
      return coordinateSystem === "planar" ? [x, y] : [116.3 + x / 85_000, 39.9 + y / 111_000];
    }),
  );
  return { set: setOf(trajectories, coordinateSystem), labels };
}

/** Trips of two or three points: all fit batches of one length, and each length is compiled on its own, which takes most of a fit. */
const shortTrips = (count: number) => trips(count, "planar", [2, 3]);

/** A tenth is held out, and the rest fills batches of 16: with their ends, all of five to seven points fit one shape of batch. */
const EVEN = 71;
const evenTrips = (coordinateSystem: "lonlat" | "planar") => trips(EVEN, coordinateSystem, [5, 7]);

const quick = {
  k: 3,
  seed: 2,
  engine: "ort-cpu",
  threads: 1,
  network: { hidden: 16 },
  batchSize: 32,
  pretrain: { epochs: 3, minEpochSteps: 1, learningRate: 1e-2 },
  tokens: { cellSizeMeters: 300 },
  selfTrain: { epochs: 3, minEpochSteps: 1, tolerance: 0, seeding: "best" },
} as const satisfies FitOptions;

const student = {
  k: 3,
  preset: "student",
  engine: "ort-cpu",
  threads: 1,
  network: { hidden: 16 },
  selfTrain: { epochs: 4, warmUpEpochs: 4, minEpochSteps: 10, learningRate: 2e-2 },
} as const satisfies FitOptions;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function folder(): Promise<string> {
  folders.push(await mkdtemp(path.join(tmpdir(), "e2dtc-")));
  return folders.at(-1)!;
}

describe("fitE2DTC", () => {
  it("finds three places, and its saved model says the same", async () => {
    const { set, labels } = evenTrips("lonlat");
    const fitted = await fitE2DTC(set, {
      ...quick,
      batchSize: 16,
      pretrain: { ...quick.pretrain, epochs: 8, minEpochSteps: 8 },
    });
    expect(uacc(labels, fitted.labels)).toBeGreaterThan(0.95);
    expect(fitted.history.pretrain).toHaveLength(8);
    expect(fitted.history.pretrain[7]!.trainLoss).toBeLessThan(fitted.history.pretrain[0]!.trainLoss);
    expect(fitted.history.selfTrain.length).toBeGreaterThan(0);
    const file = path.join(await folder(), "model", "clusters.onnx");
    await fitted.model.save(file);
    const loaded = await E2DTC.load(file);
    await expect(loaded.predict(set, { batchSize: 0 })).rejects.toThrow(
      new ValueError("E2DTC.predict: batchSize must be a positive integer, got 0"),
    );
    const again = await loaded.predict(set);
    expect(again.labels).toEqual(fitted.labels);
    expect(again.embeddings).toEqual(fitted.embeddings);
    await Promise.all([loaded.dispose(), fitted.model.dispose()]);
  });

  it("ends bit for bit the same when it was interrupted", async () => {
    const { set } = shortTrips(90);
    // Five clusters of three places have no clear borders: labels keep changing.
    const unclear = {
      ...quick,
      k: 5,
      selfTrain: { ...quick.selfTrain, epochs: 4, learningRate: 0.05 },
    };
    const whole = await fitE2DTC(set, unclear);
    const checkpointDir = await folder();
    for (const phase of ["pretrain", "selfTrain"] as const) {
      const stop = new AbortController();
      const interrupted = fitE2DTC(set, {
        ...unclear,
        checkpointDir,
        signal: stop.signal,
        onProgress: (progress) => {
          if (progress.phase === phase && progress.epoch === (phase === "pretrain" ? 1 : 2)) stop.abort();
        },
      });
      await expect(interrupted).rejects.toThrow(/abort/i);
    }
    const resumed = await fitE2DTC(set, { ...unclear, checkpointDir });
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.embeddings).toEqual(whole.embeddings);
    expect(resumed.softAssignments).toEqual(whole.softAssignments);
    await expect(fitE2DTC(set, { ...quick, k: 4, checkpointDir })).rejects.toThrow(
      /^fitE2DTC: checkpointDir must hold a run of this data and configuration/,
    );
  });

  it("goes on from another fit's pre-training as if it were its own", async () => {
    const { set } = shortTrips(90);
    const first = await fitE2DTC(set, { ...quick, selfTrain: { loss: "L0" } });
    const whole = await fitE2DTC(set, { ...quick, k: 4 });
    const { pretrained } = first;
    const phases = new Set<string>();
    const reused = await fitE2DTC(set, {
      ...quick,
      k: 4,
      pretrained,
      onProgress: ({ phase }) => phases.add(phase),
    });
    expect([...phases]).toEqual(["vocabulary", "skipGram", "start", "selfTrain", "predict"]);
    expect(reused.history).toEqual(whole.history);
    expect(reused.softAssignments).toEqual(whole.softAssignments);
    const others: readonly Partial<FitOptions>[] = [{ seed: 3 }, { network: { hidden: 8 } }];
    for (const other of others) {
      await expect(fitE2DTC(set, { ...quick, ...other, pretrained })).rejects.toThrow(
        /^fitE2DTC: pretrained must be of these trajectories, seed and configuration/,
      );
    }
    await expect(fitE2DTC(shortTrips(60).set, { ...quick, pretrained })).rejects.toThrow(ValueError);
  });

  it("learns the places it starts from until it has them", async () => {
    const { set } = shortTrips(90);
    const historyWith = async (warmUpAgreement: number) => {
      const selfTrain = {
        ...quick.selfTrain,
        epochs: 4,
        warmUpEpochs: 1,
        warmUpAgreement,
        seeding: "places",
      } as const;
      // Five clusters of three places: a network of three epochs does not tell all of them.
      const { history, model } = await fitE2DTC(set, { ...quick, k: 5, selfTrain });
      await model.dispose();
      return history.selfTrain;
    };
    const never = await historyWith(1);
    // Half of the epochs at most.
    expect(never.map(({ warmUp }) => warmUp)).toEqual([true, true, false, false].slice(0, never.length));
    expect(never.slice(0, 3).map(({ changed }) => changed)).toEqual([null, null, null]);
    expect(never[1]!.agreement).toBeGreaterThan(0);
    const atOnce = await historyWith(0);
    expect(atOnce.map(({ warmUp }) => warmUp)).toEqual([true, false, false, false].slice(0, atOnce.length));
    // The first assignment of its own has none before it to be compared with.
    expect(atOnce.slice(0, 2).map(({ changed }) => changed)).toEqual([null, null]);
    expect(atOnce[2]!.changed).not.toBeNull();
  });

  it("does not call a start that it has learnt by heart converged", async () => {
    const { set } = shortTrips(90);
    // Any change is small enough for this tolerance: all that is asked for is two assignments of the network's own.
    const selfTrain = { ...quick.selfTrain, warmUpAgreement: 0, tolerance: 1, seeding: "places" } as const;
    const fitWith = async (epochs: number) => {
      const { history, model } = await fitE2DTC(set, {
        ...quick,
        selfTrain: { ...selfTrain, warmUpEpochs: 2, epochs },
      });
      await model.dispose();
      return { warmUps: history.selfTrain.map(({ warmUp }) => warmUp), converged: history.converged };
    };
    expect(await fitWith(2)).toEqual({ warmUps: [true, true], converged: false });
    expect(await fitWith(4)).toEqual({ warmUps: [true, true, false], converged: true });
  });

  it("as a student learns a given clustering, and says how far it has it", async () => {
    const { set, labels } = trips(90);
    const { history, model, ...fitted } = await fitE2DTC(set, {
      ...student,
      startLabels: labels,
    });
    expect(history.pretrain).toEqual([]);
    expect(history.imitated).toBe(1);
    // Labels keep their numbers: this is no matching.
    const agreement = fitted.labels.filter((label, i) => label === labels[i]).length / 90;
    expect(history.startAgreement).toBeCloseTo(agreement, 12);
    expect(agreement).toBeGreaterThan(0.9);
    // Trips of four to nine points go through few cells, however small these are.
    expect(history.tokens.medianTokens).toBeLessThan(8);
    expect(history.warnings).toEqual([
      expect.stringMatching(/^the median trip goes through [4-7] cells of .*, or leave it out$/),
    ]);
    await model.dispose();
  });

  it("as a student learns the doubts of a clustering, too", async () => {
    const { set, labels } = trips(90);
    const surenessOf = async (start: Pick<FitOptions, "startLabels" | "startProbabilities">) => {
      const { model, ...fitted } = await fitE2DTC(set, {
        ...student,
        ...start,
        selfTrain: { ...student.selfTrain, epochs: 6, warmUpEpochs: 6 },
      });
      await model.dispose();
      const surest = Array.from(labels, (_, i) =>
        Math.max(...fitted.softAssignments.subarray(3 * i, 3 * i + 3)),
      );
      const right = fitted.labels.filter((label, i) => label === labels[i]).length / 90;
      return { right, sureness: surest.reduce((sum, share) => sum + share, 0) / 90 };
    };
    const shares = Float32Array.from({ length: 270 }, (_, at) =>
      at % 3 === labels[Math.floor(at / 3)] ? 0.6 : 0.2,
    );
    const doubting = await surenessOf({ startProbabilities: shares });
    const certain = await surenessOf({ startLabels: labels });
    expect(doubting.right).toBeGreaterThan(0.9);
    expect(doubting.sureness).toBeGreaterThan(0.45);
    expect(doubting.sureness).toBeLessThan(0.75);
    expect(certain.sureness).toBeGreaterThan(0.8);
  });

  it.each([
    [{ startLabels: [0, 1, 2] }, "fitE2DTC: startLabels or startProbabilities may be given, got both"],
    [{ startProbabilities: [1, 0, 0] }, /^fitE2DTC: startProbabilities must .*9.*3/],
    [
      { startProbabilities: [1, 0, 0, 0.5, 0.2, 0.2, 0, 0, 1] },
      /^fitE2DTC: startProbabilities of trajectory 1 must add up to 1, got 0\.8999/,
    ],
    [
      { startProbabilities: [1, 0, 0, 1.5, -0.5, 0, 0, 0, 1] },
      "fitE2DTC: startProbabilities[4] must be at least 0, got -0.5",
    ],
  ])("refuses doubts of another form (%j)", async (change, message) => {
    const startProbabilities = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const options: FitOptions = { ...student, startProbabilities, ...change };
    await expect(fitE2DTC(trips(3).set, options)).rejects.toThrow(message);
  });

  it("needs k with doubts", async () => {
    const { k: _, ...options } = student;
    const startProbabilities = new Float32Array(9 * 3).fill(1 / 3);
    await expect(
      fitE2DTC(trips(9).set, { ...options, startProbabilities, kRange: { min: 2, max: 4 } }),
    ).rejects.toThrow(new ValueError("fitE2DTC: startProbabilities needs k"));
  });

  it("warns of cells in which trips cannot be told apart", async () => {
    const { set } = trips(60);
    const { history, model } = await fitE2DTC(set, {
      ...quick,
      tokens: { cellSizeMeters: 20_000 },
      selfTrain: { loss: "L0", seeding: "kMeans" },
      pretrain: { ...quick.pretrain, epochs: 0 },
    });
    expect(history.tokens).toMatchObject({ cellSizeMeters: 20_000, medianTokens: 1 });
    expect(history.warnings[0]).toMatch(
      /^the median trip goes through 1 cells of 20000: choose a tokens.cellSizeMeters/,
    );
    expect(history.warnings[1]).toMatch(/^60 trips are spelt in [1-4] ways only, for 3 clusters/);
    await model.dispose();
  });

  it("runs t2vec with its sampled loss, and chooses k", async () => {
    const { set, labels } = evenTrips("planar");
    const { k: _, ...rest } = quick;
    const fitted = await fitT2vec(set, {
      ...rest,
      batchSize: 16,
      kRange: { min: 2, max: 5 },
      pretrain: { ...quick.pretrain, epochs: 8, sampledNegatives: 20 },
    });
    expect(fitted.history.selfTrain).toEqual([]);
    expect(fitted.history.chosenK!.ks).toEqual([2, 3, 4, 5]);
    expect(fitted.model.k).toBe(fitted.history.chosenK!.k);
    expect(uacc(labels, fitted.labels)).toBeGreaterThan(0.6);
    await fitted.model.dispose();
  });
});

describe("options of training", () => {
  it("attends to the encoder's states, and exports a model without them", async () => {
    const { set, labels } = evenTrips("planar");
    const fitted = await fitE2DTC(set, {
      ...quick,
      batchSize: 16,
      network: { ...quick.network, attention: true },
      pretrain: { ...quick.pretrain, epochs: 8, minEpochSteps: 8 },
    });
    expect(uacc(labels, fitted.labels)).toBeGreaterThan(0.95);
    expect(fitted.history.selfTrain.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    await fitted.model.dispose();
  });

  it("reproduces what the authors' code does otherwise, all of it or some", async () => {
    const { set } = shortTrips(40);
    const brief = { ...quick, k: 5, batchSize: 8, pretrain: { ...quick.pretrain, epochs: 1 } };
    const unclear = {
      epochs: 2,
      minEpochSteps: 1,
      tolerance: 0,
      learningRate: 0.05,
      tripletWeight: 1,
      seeding: "kMeans",
    } as const;
    const { pretrained, model } = await fitE2DTC(set, {
      ...brief,
      selfTrain: { loss: "L0", seeding: "kMeans" },
    });
    await model.dispose();
    const softOf = async (referenceCompatible: boolean | readonly Departure[]) => {
      const selfTrain = { ...unclear, referenceCompatible };
      const fitted = await fitE2DTC(set, { ...brief, pretrained, selfTrain });
      await fitted.model.dispose();
      return [...fitted.softAssignments];
    };
    const paper = await softOf(false);
    // Every one of them matters, and all together are what `true` means.
    for (const name of departureNames) expect(await softOf([name])).not.toEqual(paper);
    expect(await softOf(true)).toEqual(await softOf(departureNames));
    await expect(softOf(["fixedCentres" as Departure])).rejects.toThrow(
      "fitE2DTC: selfTrain.referenceCompatible must be",
    );
  });
});

describe("fitE2DTC at the edges", () => {
  it("takes trips of one point, and more clusters than there are different trips", async () => {
    const same = setOf(
      Array.from({ length: 12 }, (): [number, number][] => [[100, 100]]),
      "planar",
    );
    const { labels, softAssignments, model, history } = await fitE2DTC(same, { ...quick, k: 4 });
    // All trips are one: they share a cluster, and the others stay empty.
    expect(new Set(labels).size).toBe(1);
    expect(history.selfTrain.every(({ clusters, loss }) => clusters === 1 && Number.isFinite(loss))).toBe(
      true,
    );
    expect(softAssignments.every(Number.isFinite)).toBe(true);
    await model.dispose();
  });

  it("leaves a cluster of places without trips empty: three bus lines both ways are three places, not six", async () => {
    const lines = [
      [0, 0],
      [5000, 0],
      [0, 5000],
    ].map(([x, y]) => [0, 500, 1000, 2000].map((step): [number, number] => [x! + step, y!]));
    const ways = lines.flatMap((line) => [line, [...line].reverse()]);
    const set = setOf(
      Array.from({ length: 60 }, (_, i) => ways[i % 6]!),
      "planar",
    );
    const { softAssignments, model, history } = await fitE2DTC(set, { ...quick, k: 6 });
    expect(history.selfTrain[0]).toMatchObject({ warmUp: true, clusters: 3 });
    expect(softAssignments.every(Number.isFinite)).toBe(true);
    await model.dispose();
  });

  it("ends at the first loss that is not finite", async () => {
    const { set } = shortTrips(30);
    // Weights of 1e38 add up to more than a float can hold: the second of four steps' loss.
    const wild = { ...quick.pretrain, learningRate: 1e38 };
    await expect(fitE2DTC(set, { ...quick, batchSize: 8, pretrain: wild })).rejects.toThrow(
      /^fitE2DTC: (the loss|parameters) must stay finite, .*a lower learningRate may help$/,
    );
    await expect(
      fitE2DTC(set, { ...quick, batchSize: 8, selfTrain: { ...quick.selfTrain, learningRate: 1e38 } }),
    ).rejects.toThrow(/^fitE2DTC: (the loss|parameters) must stay finite,/);
  });

  it("gives the model's memory back when it is stopped after training", async () => {
    const dispose = vi.spyOn(E2DTC.prototype, "dispose");
    const stop = new AbortController();
    const fitted = fitE2DTC(shortTrips(30).set, {
      ...quick,
      selfTrain: { ...quick.selfTrain, epochs: 1 },
      signal: stop.signal,
      onProgress: ({ phase, done, total }) => {
        if (phase === "selfTrain" && done === total) stop.abort();
      },
    });
    await expect(fitted).rejects.toThrow(/abort/i);
    expect(dispose).toHaveBeenCalledTimes(1);
    dispose.mockRestore();
  });

  it("refuses before it trains what could only fail afterwards", async () => {
    const { set } = trips(6);
    const { k: _, ...rest } = quick;
    const onProgress = () => expect.unreachable();
    await expect(fitE2DTC(set, { ...rest, kRange: { min: 2, max: 22 }, onProgress })).rejects.toThrow(
      "fitE2DTC: kRange must be integers with 2 ≤ min, min + 2 ≤ max ≤ 6 rows, got 2 to 22",
    );
    const selfTrain = { ...quick.selfTrain, seeding: "mostVisited" } as const;
    const oneStop = setOf(
      Array.from({ length: 6 }, (): [number, number][] => [[0, 0]]),
      "planar",
    );
    await expect(fitE2DTC(oneStop, { ...quick, selfTrain, onProgress })).rejects.toThrow(
      "selectCenters: k must be at most the 1 visited cells at least 1300 m apart, got 3",
    );
  });

  it("names what is wrong", async () => {
    const { set } = trips(6);
    await expect(fitE2DTC(set, { ...quick, k: 7 })).rejects.toThrow(
      "fitE2DTC: k must be at most the 6 trajectories, got 7",
    );
    await expect(fitE2DTC(set, { seed: 1 })).rejects.toThrow(
      "fitE2DTC: k or kRange must be given, one of them, got none",
    );
    await expect(fitE2DTC(setOf([[[0, 0]], []], "planar"), { ...quick, k: 1 })).rejects.toThrow(
      "fitE2DTC: trajectory 1 must hold at least one point, got 0",
    );
    const polar = setOf([[[0, 0]], [[10, 89.5]]], "lonlat");
    await expect(fitE2DTC(polar, { ...quick, k: 1 })).rejects.toThrow(
      "fitE2DTC: trajectory 1 must lie within 85.0511287798066° of latitude",
    );
  });
});

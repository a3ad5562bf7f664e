import { describe, expect, it } from "vitest";
import { parseAuthorsLabels, parseClusterCenters } from "../src/ground-truth/authors-labels.js";

const vocabulary =
  "token,cell,cx,cy,lon,lat,count\n4,62257,117,239,116.41,39.99,7\n5,63781,81,245,116.31,40.01,3\n";
const header = "split\tlabel\tmean_lon\tmean_lat\ttokens\n";
const parse = (rows: string) => parseAuthorsLabels({ trajectories: header + rows, vocabulary });

describe("parseAuthorsLabels", () => {
  it("turns tokens into cell centres and leaves special tokens out", () => {
    const { set, labels, isValidation, meanPositions } = parse(
      "train\t11\t116.36\t40.0\t1 4 5 4 2\nval\t0\t116.31\t40.01\t5\n",
    );
    expect(set.length).toBe(2);
    expect([...set.at(0).coordinates]).toEqual([116.41, 39.99, 116.31, 40.01, 116.41, 39.99]);
    expect([...set.at(1).coordinates]).toEqual([116.31, 40.01]);
    expect([...labels]).toEqual([11, 0]);
    expect([...isValidation]).toEqual([0, 1]);
    expect([...meanPositions]).toEqual([116.36, 40, 116.31, 40.01]);
  });

  it("names file and line of what is broken", () => {
    expect(() => parse("train\t1\t1\t1\t4\ntest\t1\t1\t1\t4\n")).toThrow(
      'labeled_trajs.tsv:3: split must be train or val, got "test"',
    );
    expect(() => parse("train\t1\t1\t1\t9\n")).toThrow(
      "labeled_trajs.tsv:2: token must be in vocab.csv, got 9",
    );
    expect(() => parse("train\t1\tx\t1\t4\n")).toThrow(
      'labeled_trajs.tsv:2: mean_lon must be a number, got "x"',
    );
    expect(() => parse("train\t1\n")).toThrow(
      "labeled_trajs.tsv:2: a line must hold all columns of the header, got 2 fields",
    );
    expect(() => parseAuthorsLabels({ trajectories: header, vocabulary: "token,x\n" })).toThrow(
      "vocab.csv:1: header must hold the column lon",
    );
  });
});

describe("parseClusterCenters", () => {
  it("reads lon,lat lines", () => {
    expect([...parseClusterCenters("116.3,40.0\n116.4,39.9\n")]).toEqual([116.3, 40, 116.4, 39.9]);
    expect(() => parseClusterCenters("116.3,40\n116.4\n")).toThrow(
      'cluster_center.csv:2: a line must be lon,lat in degrees, got "116.4"',
    );
  });
});

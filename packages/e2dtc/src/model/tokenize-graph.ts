import { WEB_MERCATOR_RADIUS_METERS } from "@wayweave/geo-core";
import { type GraphBuilder, GraphOps, type Value } from "@wayweave/nn";
import { tokenCells } from "../tokens/place-code.js";
import { DAY_MS } from "../tokens/time-of-day.js";
import type { TokenizeOptions } from "../tokens/tokens.js";
import type { Vocabulary } from "../tokens/vocabulary.js";

/**
 * `tokenize` as ONNX nodes: the model's real inputs, `coordinates` (float64, `[batch, time, 2]`) and `lengths` (int32,
 * `[batch]`, points of each), become tokens, where in their cells they lie, and their number. Double precision keeps points in the cells where training
 * had them. With `timeOfDay` there is one more input, `times` (float64, `[batch, time]`, milliseconds since the Unix epoch), which becomes shares of the
 * day.
 */
export function tokenizeGraph(
  graph: GraphBuilder,
  vocabulary: Vocabulary,
  { keepRepeats = false, timeOfDay = false }: Omit<TokenizeOptions, "maxTokens">,
): { tokens: Value; lengths: Value; within: Value; timeOfDay?: Value } {
  const ops = new GraphOps(graph);
  const coordinates = graph.input("coordinates", "float64", ["batch", "time", 2]);
  const lengths = graph.input("lengths", "int32", ["batch"]);
  const { x, y, cells } = placesOf(ops, coordinates, vocabulary); // [batch, time] each
  const table = graph.constant(
    "int32",
    [vocabulary.tokenOfCell.length],
    vocabulary.tokenOfCell,
    "tokenOfCell",
  );
  const tokens = ops.gather(table, cells); // [batch, time]
  const isPoint = ops.less(
    ops.unsqueeze(ops.positions(coordinates, 1), 0),
    ops.unsqueeze(ops.cast(lengths, "int64"), 1),
  ); // [batch, time]
  const isKept = keepRepeats ? isPoint : ops.and(isPoint, startsRun(graph, ops, tokens));
  const middles = graph.constant("float64", [vocabulary.size, 2], Float64Array.from(tokenCells(vocabulary)));
  const middle = (axis: number) => ops.add(ops.pick(ops.gather(middles, tokens), 2, axis), 0.5); // [batch, time]
  const { counts, pack } = packing(graph, ops, tokens, isKept);
  const within = [ops.sub(x, middle(0)), ops.sub(y, middle(1))].map((offset) =>
    ops.unsqueeze(pack(ops.cast(offset, "float32"), "float32"), 2),
  );
  return {
    tokens: pack(tokens, "int32"),
    lengths: ops.cast(counts, "int32"),
    within: ops.concat(within, 2), // [batch, tokens, 2]
    ...(timeOfDay ? { timeOfDay: pack(sharesOfDay(graph, ops), "float32") } : {}), // [batch, tokens]
  };
}

/** What share of its day is over at each point, `[batch, time]`, float32. */
function sharesOfDay(graph: GraphBuilder, ops: GraphOps): Value {
  const days = ops.div(graph.input("times", "float64", ["batch", "time"]), DAY_MS);
  return ops.cast(ops.sub(days, ops.floor(days)), "float32");
}

/** Column and row with their fractions, and the cell. */
function placesOf(
  ops: GraphOps,
  coordinates: Value,
  vocabulary: Vocabulary,
): { x: Value; y: Value; cells: Value } {
  const { minX, minY, cellSizeMeters, columns, rows } = vocabulary;
  const [east, north] = projected(ops, ops.pick(coordinates, 2, 0), ops.pick(coordinates, 2, 1), vocabulary);
  const x = ops.div(ops.sub(east, minX), cellSizeMeters);
  const y = ops.div(ops.sub(north, minY), cellSizeMeters);
  const step = (value: Value, count: number) => ops.max(ops.min(ops.floor(value), count - 1), 0);
  return { x, y, cells: ops.cast(ops.add(ops.mul(step(y, rows), columns), step(x, columns)), "int64") };
}

/** Web Mercator: x = Rλ, y = R atanh(sin φ) = R/2 · ln((1 + sin φ)/(1 − sin φ)). */
function projected(ops: GraphOps, x: Value, y: Value, { coordinateSystem }: Vocabulary): [Value, Value] {
  if (coordinateSystem === "planar") return [x, y];
  const radians = Math.PI / 180;
  const sine = ops.sin(ops.mul(y, radians));
  const ratio = ops.div(ops.add(1, sine), ops.sub(1, sine));
  return [
    ops.mul(x, WEB_MERCATOR_RADIUS_METERS * radians),
    ops.mul(ops.log(ratio), WEB_MERCATOR_RADIUS_METERS / 2),
  ];
}

/** True where a token differs from the one before it; the first always does. */
function startsRun(graph: GraphBuilder, ops: GraphOps, tokens: Value): Value {
  const shifted = graph.node1(
    "Pad",
    [
      graph.node1("Slice", [tokens, int64s(graph, [0]), int64s(graph, [-1]), int64s(graph, [1])], {
        type: "int32",
        shape: ["batch", "time_before_last"],
      }),
      int64s(graph, [0, 1, 0, 0]),
      graph.constant("int32", [], [-1]),
    ],
    { type: "int32", shape: ["batch", "time"] },
  );
  return ops.not(ops.equal(tokens, shifted));
}

/** Moves what is kept of each row to its front; the longest row decides how many columns stay. */
function packing(
  graph: GraphBuilder,
  ops: GraphOps,
  tokens: Value,
  isKept: Value,
): { counts: Value; pack: (values: Value, type: "int32" | "float32") => Value } {
  const kept = ops.cast(isKept, "int64");
  const place = ops.sub(
    graph.node1("CumSum", [kept, graph.constant("int64", [], [1])], { type: "int64", shape: kept.shape }),
    1,
  );
  const counts = graph.node1(
    "ReduceSum",
    [kept, int64s(graph, [1])],
    { type: "int64", shape: ["batch"] },
    { keepdims: { i: 0 } },
  );
  const columns = graph.node1("Shape", [tokens], { type: "int64", shape: [1] }, { start: { i: 1 } });
  // What is not kept goes to one column more, which is cut off.
  const target = ops.where(isKept, place, columns);
  const longest = graph.node1("ReduceMax", [counts], { type: "int64", shape: [1] }, { keepdims: { i: 1 } });
  const pack = (values: Value, type: "int32" | "float32") => {
    const empty = graph.node1("Pad", [ops.mul(values, 0), int64s(graph, [0, 0, 0, 1])], {
      type,
      shape: ["batch", "time_and_one"],
    });
    const scattered = graph.node1(
      "ScatterElements",
      [empty, target, values],
      { type, shape: ["batch", "time_and_one"] },
      { axis: { i: 1 } },
    );
    return graph.node1("Slice", [scattered, int64s(graph, [0]), longest, int64s(graph, [1])], {
      type,
      shape: ["batch", "tokens"],
    });
  };
  return { counts, pack };
}

function int64s(graph: GraphBuilder, values: readonly number[]): Value {
  return graph.constant("int64", [values.length], values);
}

// One Node process a Spark partition: it builds a shard's GMR-Tree, or asks shards that were built. Binary columns and buffers in on stdin, after a
// line of JSON; out on stdout.
//
//   build     { count, dimensions }, then ids (uint32), positions (float64), vectors (float32)   → the tree's buffer
//   farthest  { sizes, queries }, then the buffers                                              → [queries] metres, of the farthest object of all
//   search    { sizes, queries, scales }, then the buffers                                      → { lists: each query's hits, msPerQuery }
//   merge     { k, lists: [partitions][queries][hits] }                                         → [queries] hits
import { GmrTree, mergeHits } from "@wayweave/gmr-tree";

const input = await readAll(process.stdin);
const end = input.indexOf(10);
const header = JSON.parse(input.subarray(0, end).toString());
const tasks = { build, farthest, search, merge };
const task = tasks[process.argv[2]];
if (task === undefined)
  throw new Error(`shard.mjs: knows ${Object.keys(tasks).join(", ")}, got ${process.argv[2]}`);
const answer = task(header, input.subarray(end + 1));
process.stdout.write(ArrayBuffer.isView(answer) ? answer : JSON.stringify(answer));

function build({ count, dimensions }, bytes) {
  let at = 0;
  const next = (Type, length) => {
    const size = length * Type.BYTES_PER_ELEMENT;
    const values = new Type(Uint8Array.from(bytes.subarray(at, at + size)).buffer);
    at += size;
    return values;
  };
  const [ids, positions, vectors] = [
    next(Uint32Array, count),
    next(Float64Array, 2 * count),
    next(Float32Array, dimensions * count),
  ];
  return new Uint8Array(GmrTree.build({ dimensions, ids, positions, vectors }).toBuffer());
}

function treesOf({ sizes }, bytes) {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return GmrTree.from(Uint8Array.from(bytes.subarray(at - size, at)));
  });
}

function farthest(task, bytes) {
  const trees = treesOf(task, bytes);
  return task.queries.map(({ position }) => Math.max(...trees.map((tree) => tree.farthest(position))));
}

function search(task, bytes) {
  const trees = treesOf(task, bytes);
  const started = performance.now();
  const lists = task.queries.map((query, i) => {
    // The paper's relative proximity over all shards: linear, to the farthest object of all.
    const proximity = { kind: "linear", scaleMeters: task.scales[i] };
    let best = [];
    for (const tree of trees) {
      // What is below the k-th score so far need not be looked for.
      const minScore = best[query.k - 1]?.score;
      best = mergeHits(
        [best, tree.search({ ...query, proximity, ...(minScore === undefined ? {} : { minScore }) })],
        query.k,
      );
    }
    return best;
  });
  return { lists, msPerQuery: (performance.now() - started) / task.queries.length };
}

function merge({ k, lists }) {
  return lists[0].map((_, query) =>
    mergeHits(
      lists.map((partition) => partition[query]),
      k,
    ),
  );
}

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// One Node process a Spark partition: it builds a shard's GMR-Tree, or asks shards that were built. A line of JSON comes on stdin, then parts of binary, each
// after its length (8 bytes, little-endian); the answer goes to stdout.
//
//   build     { count, dimensions }; ids (uint32), positions (float64), vectors (float32)   → the tree's buffer
//   farthest  { queries }; a tree's buffer each                                             → [queries] metres, of the farthest object of all
//   search    { queries, scales }; a tree's buffer each                                     → { lists: each query's hits, cpuMs, cpuMsAgain }
//   merge     { k, lists: [partitions][queries][hits] }                                     → [queries] hits
import { GmrTree, mergeHits } from "@wayweave/gmr-tree";

const { header, parts } = await readMessage(process.stdin);
const tasks = { build, farthest, search, merge };
const task = tasks[process.argv[2]];
if (task === undefined)
  throw new Error(`shard.mjs: knows ${Object.keys(tasks).join(", ")}, got ${process.argv[2]}`);
const answer = task(header, parts);
process.stdout.write(ArrayBuffer.isView(answer) ? answer : JSON.stringify(answer));

function build({ dimensions }, [ids, positions, vectors]) {
  const tree = GmrTree.build({
    dimensions,
    ids: new Uint32Array(ids),
    positions: new Float64Array(positions),
    vectors: new Float32Array(vectors),
  });
  return new Uint8Array(tree.toBuffer());
}

function farthest({ queries }, buffers) {
  const trees = buffers.map((buffer) => GmrTree.from(buffer, { copy: false }));
  return queries.map(({ position }) => Math.max(...trees.map((tree) => tree.farthest(position))));
}

/** All queries twice: the first time the trees are cold and nothing is compiled yet, the second time is that of a process that stays. */
function search(task, buffers) {
  const trees = buffers.map((buffer) => GmrTree.from(buffer, { copy: false }));
  const timed = () => {
    const before = process.cpuUsage();
    const lists = task.queries.map((query, i) => searchAll(trees, query, task.scales[i]));
    const { user, system } = process.cpuUsage(before);
    return { lists, cpuMs: (user + system) / 1000 };
  };
  const { lists, cpuMs } = timed();
  return { lists, cpuMs, cpuMsAgain: timed().cpuMs };
}

/** @param scaleMeters the distance of the farthest object of all: a linear proximity to it is the paper's relative one over all shards */
function searchAll(trees, query, scaleMeters) {
  const proximity = { kind: "linear", scaleMeters };
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
}

function merge({ k, lists }) {
  return lists[0].map((_, query) =>
    mergeHits(
      lists.map((partition) => partition[query]),
      k,
    ),
  );
}

/** The line of JSON and the parts behind it; each part is written where it stays, so that memory holds it once. */
async function readMessage(stream) {
  let line = Buffer.alloc(0);
  let header;
  const size = Buffer.alloc(8);
  let sized = 0;
  const parts = [];
  let missing = 0;
  for await (let chunk of stream) {
    if (header === undefined) {
      line = Buffer.concat([line, chunk]);
      const end = line.indexOf(10);
      if (end < 0) continue;
      header = JSON.parse(line.subarray(0, end).toString());
      chunk = line.subarray(end + 1);
    }
    for (let at = 0; at < chunk.length; ) {
      if (missing === 0) {
        const taken = chunk.copy(size, sized, at);
        sized += taken;
        at += taken;
        if (sized < 8) continue;
        sized = 0;
        missing = Number(size.readBigUInt64LE());
        parts.push(new ArrayBuffer(missing));
        continue;
      }
      const part = new Uint8Array(parts.at(-1));
      const taken = chunk.subarray(at, at + missing);
      part.set(taken, part.length - missing);
      missing -= taken.length;
      at += taken.length;
    }
  }
  if (header === undefined || missing > 0 || sized > 0) throw new Error("shard.mjs: the input must be whole");
  return { header, parts };
}

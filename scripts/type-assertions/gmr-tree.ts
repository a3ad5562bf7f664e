// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { GmrTree, type Hit, mergeHits, ShapeError, ValueError } from "@wayweave/gmr-tree";

const tree = GmrTree.build({
  dimensions: 2,
  positions: [13.7, 51],
  vectors: [1, 0],
  ids: ["a"],
  attributes: { kind: ["bar"], open: [true], price: Float64Array.of(3) },
});
const query = { position: [13.7, 51], vector: [1, 0] } as const;
const hits: Hit<string>[] = tree.search({
  ...query,
  where: { kind: { in: ["bar"] }, open: true, price: { min: 1 } },
});
const kind: string | null | undefined = tree.get("a")?.attributes.kind;
tree.insert({ id: "b", ...query, attributes: { kind: "park", price: null } });
tree.search({ ...query, signals: [{ attribute: "price", kind: "ramp", weight: 1, from: 0, to: 5 }] });
mergeHits([hits], 3)[0]?.id.toUpperCase();
const numbered: Hit[] = GmrTree.build({ dimensions: 1, positions: [], vectors: [] }).search({
  ...query,
  vector: [1],
});

// @ts-expect-error a position is two numbers
tree.search({ position: "13.7, 51", vector: [1, 0] });
// @ts-expect-error ids are strings here
tree.remove(7);
// @ts-expect-error there is no such attribute
tree.search({ ...query, where: { colour: "red" } });
// @ts-expect-error open is a boolean
tree.search({ ...query, where: { open: "yes" } });
// @ts-expect-error a signal needs an attribute of numbers
tree.search({ ...query, signals: [{ attribute: "kind", kind: "ramp", weight: 1, from: 0, to: 5 }] });
// @ts-expect-error a misspelt option
tree.search({ ...query, maxDistance: 5 });
// @ts-expect-error a tree without attributes has no conditions
GmrTree.build({ dimensions: 1, positions: [], vectors: [] }).search({ ...query, where: { kind: "bar" } });

export function explain(error: unknown): string {
  if (error instanceof ShapeError || error instanceof ValueError) {
    // Narrowed to an Error with a code.
    const code: string = error.code;
    // @ts-expect-error and to nothing more
    error.line;
    return `${code}: ${error.message}`;
  }
  // @ts-expect-error still unknown
  error.message;
  return `${kind} ${numbered.length}`;
}

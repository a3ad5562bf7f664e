import { Random } from "@wayweave/geo-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GmrTree, ValueError } from "../src/index.js";
import { layoutOf } from "../src/internal/layout.js";
import { exhaustiveSearch, randomPosition, randomVector, type Thing } from "./oracle.js";

vi.mock("../src/internal/layout.js", async (original) => {
  const layout = await original<typeof import("../src/internal/layout.js")>();
  return { ...layout, layoutOf: vi.fn(layout.layoutOf) };
});

const random = new Random(3);
const dimensions = 4;
const thing = (id: number): Thing => ({
  id,
  position: randomPosition(random, "clusters", false),
  vector: randomVector(random, "mixture", dimensions),
});

function build(count: number): { tree: GmrTree; things: Thing[] } {
  const things = Array.from({ length: count }, (_, id) => thing(id));
  const tree = GmrTree.build({
    dimensions,
    positions: things.flatMap(({ position }) => [...position]),
    vectors: things.flatMap(({ vector }) => [...vector]),
  });
  return { tree, things };
}

/** What fails while memory is short, in either way: no room, or more than a tree may take. */
const shortages: [name: string, begin: () => void, error: Error][] = [
  [
    "no room",
    () => {
      const refuse = class extends Float32Array {
        constructor(...args: [number]) {
          if (typeof args[0] === "number" && args[0] > 1000)
            throw new RangeError("Array buffer allocation failed");
          super(...args);
        }
      };
      vi.stubGlobal("Float32Array", refuse);
    },
    new RangeError("Array buffer allocation failed"),
  ],
  [
    "over 4 GiB",
    () => {
      vi.mocked(layoutOf).mockImplementation((where) => {
        throw new ValueError(`${where}: one tree holds at most 4 GiB`);
      });
    },
    new ValueError("one tree holds at most 4 GiB"),
  ],
];
const { layoutOf: realLayoutOf } =
  await vi.importActual<typeof import("../src/internal/layout.js")>("../src/internal/layout.js");

afterEach(() => {
  vi.unstubAllGlobals();
  vi.mocked(layoutOf).mockImplementation(realLayoutOf);
});

describe.each(shortages)("where memory is short (%s), nothing is lost", (_, begin, error) => {
  // A relative proximity would build its index of places when first asked for, which takes memory too.
  const proximity = { kind: "exponential", scaleMeters: 1e6 } as const;
  const query = { position: [0, 0], vector: [1, 2, 3, 4], k: 20, proximity } as const;
  const same = (tree: GmrTree, things: readonly Thing[]): void => {
    expect(tree.size).toBe(things.length);
    expect(tree.search(query)).toEqual(exhaustiveSearch(things, query, false));
  };

  it("toBuffer", () => {
    const { tree, things } = build(3000);
    const added = thing(3000);
    tree.insert(added);
    things.push(added);
    begin();
    expect(() => tree.toBuffer()).toThrow(error.message);
    same(tree, things);
    vi.unstubAllGlobals();
    vi.mocked(layoutOf).mockImplementation(realLayoutOf);
    expect(GmrTree.from(tree.toBuffer()).size).toBe(3001);
    same(tree, things);
  });

  it("insert: what failed was not inserted, and can be later", () => {
    const { tree, things } = build(3000);
    begin();
    let failed = 0;
    for (let id = 3000; id < 3600; id++) {
      const added = thing(id);
      try {
        expect(tree.insert(added)).toBe(id);
        things.push(added);
      } catch (cause) {
        expect((cause as Error).message).toContain(error.message);
        failed++;
        break;
      }
    }
    expect(failed).toBe(1);
    same(tree, things);
    vi.unstubAllGlobals();
    vi.mocked(layoutOf).mockImplementation(realLayoutOf);
    const added = thing(things.length);
    expect(tree.insert(added)).toBe(added.id);
    same(tree, [...things, added]);
  });

  it("remove and update", () => {
    const { tree, things } = build(3000);
    begin();
    let left = things;
    for (;;) {
      try {
        expect(tree.remove(left[0]!.id)).toBe(true);
        left = left.slice(1);
      } catch (cause) {
        expect((cause as Error).message).toContain(error.message);
        break;
      }
    }
    // Half of the tree is gone, and the next removal would pack it again.
    expect(left.length).toBeGreaterThan(1);
    expect(left.length).toBeLessThan(1600);
    same(tree, left);
    for (;;) {
      const moved = { ...thing(left.at(-1)!.id) };
      try {
        tree.update(moved.id, moved);
        left = [moved, ...left.slice(0, -1)];
      } catch (cause) {
        expect((cause as Error).message).toContain(error.message);
        break;
      }
    }
    same(tree, left);
  });

  it("searchMany with workers", async () => {
    const { tree, things } = build(3000);
    const added = thing(3000);
    tree.insert(added);
    things.push(added);
    begin();
    const batch = { positions: [0, 0], vectors: [1, 2, 3, 4] };
    await expect(tree.searchMany(batch, { workers: 1 })).rejects.toThrow(error.message);
    same(tree, things);
  });
});

describe("what only reads does not disturb a running nearest()", () => {
  it("toBuffer and searchMany pack the tree, and it goes on", async () => {
    const { tree, things } = build(500);
    const added = thing(500);
    tree.insert(added);
    things.push(added);
    const query = { position: [0, 0], vector: [1, 2, 3, 4] } as const;
    const stream = tree.nearest(query);
    const found = [stream.next().value!];
    tree.toBuffer();
    await tree.searchMany({ positions: [0, 0], vectors: [1, 2, 3, 4] }, { workers: 1 });
    found.push(...stream);
    expect(found).toEqual(exhaustiveSearch(things, { ...query, k: 1000 }, false));
  });
});

import type { GraphNode, GraphValue } from "../train/record/graph.js";

/**
 * Names nodes after the parameters they work with: a node that reads `encoder/conv1/kernel` (perhaps transposed)
 * is `encoder/conv1/Conv`, and what follows keeps that place until a node reads other parameters.
 */
export class NodeNames {
  readonly #parameters: ReadonlySet<string>;
  readonly #places = new Map<GraphNode, string>();
  /** Nodes that only rearrange a parameter, with its place. */
  readonly #rearranged = new Map<GraphNode, string>();

  /** @param parameters names of the recorded inputs that are parameters, `/` or `.` between their parts */
  constructor(parameters: ReadonlySet<string>) {
    this.#parameters = parameters;
  }

  /** The name of a node; to be asked for in topological order. Several nodes may get the same one. */
  of(node: GraphNode): string {
    const inputs = node.inputs.filter((input) => input !== undefined);
    const own = inputs.map((input) => this.#parameterPlace(input)).find((place) => place !== undefined);
    const place =
      own ?? inputs.map((input) => this.#placeOf(input)).find((inherited) => inherited !== "") ?? "";
    this.#places.set(node, place);
    if (own !== undefined && inputs.every((input) => this.#isFixed(input))) this.#rearranged.set(node, own);
    return place === "" ? node.op : `${place}/${node.op}`;
  }

  #placeOf(value: GraphValue): string {
    return value.node === undefined ? "" : (this.#places.get(value.node) ?? "");
  }

  #parameterPlace({ node, inputName }: GraphValue): string | undefined {
    if (node !== undefined) return this.#rearranged.get(node);
    if (inputName === undefined || !this.#parameters.has(inputName)) return undefined;
    return inputName.split(/[/.]/).slice(0, -1).join("/") || undefined;
  }

  /** Whether the value depends on parameters and constants only. */
  #isFixed({ node, inputName, data }: GraphValue): boolean {
    if (node !== undefined) return this.#rearranged.has(node);
    return data !== undefined || (inputName !== undefined && this.#parameters.has(inputName));
  }
}

/** Ids that are strings, each with a number that the trees know it by. Numbers of removed ids are given out again. */
export class StringIds {
  /** By number; a removed one's stands until its number is given out again. */
  readonly names: string[];
  readonly #numbers: Map<string, number>;
  readonly #free: number[] = [];

  constructor(names: readonly string[]) {
    this.names = [...names];
    this.#numbers = new Map(names.map((name, number) => [name, number]));
  }

  /** The number of an id, or −1. */
  find(name: unknown): number {
    return this.#numbers.get(name as string) ?? -1;
  }

  /** The number that the next {@link add} gives. */
  get next(): number {
    return this.#free.at(-1) ?? this.names.length;
  }

  add(name: string): void {
    const number = this.next;
    this.#free.pop();
    this.names[number] = name;
    this.#numbers.set(name, number);
  }

  remove(name: string): void {
    this.#free.push(this.find(name));
    this.#numbers.delete(name);
  }

  /** The names, and for every number its place in their order: what stands in for ids where strings cannot be compared. */
  ranks(): { readonly sorted: readonly string[]; readonly rankOf: Uint32Array } {
    const numbers = Uint32Array.from(this.#numbers.values());
    const { names } = this;
    numbers.sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
    const rankOf = new Uint32Array(names.length);
    numbers.forEach((number, rank) => {
      rankOf[number] = rank;
    });
    return { sorted: Array.from(numbers, (number) => names[number]!), rankOf };
  }
}

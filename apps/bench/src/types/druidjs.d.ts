/** What we use of druidjs, whose 0.7 line comes without types. */
declare module "@saehrimnir/druidjs" {
  export class Matrix {
    static from(rows: readonly (readonly number[])[]): Matrix;
    entry(row: number, column: number): number;
  }

  export class TSNE {
    constructor(
      rows: Matrix,
      parameters: {
        readonly perplexity: number;
        /** 0 would be the time of day. */
        readonly seed: number;
        /** The squared distance of two rows. */
        readonly metric: (a: Float64Array, b: Float64Array) => number;
      },
    );
    /** Computes affinities, once. */
    check_init(): this;
    /** One step of gradient descent. */
    next(): Matrix;
    readonly projection: Matrix;
  }
}

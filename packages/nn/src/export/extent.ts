/** The sizes of the dynamic axes in one recording, in the order of their names. */
export type Sizes = readonly number[];

/**
 * How a whole number follows from the sizes of the dynamic axes: a sum of products of axes, each axis at most once
 * in a product. With axes (batch, time), `2·batch·time + 3` has the terms {0, 1} → 2 and {} → 3.
 */
export interface Extent {
  readonly terms: readonly Term[];
}

export interface Term {
  /** Positions of the axes that are multiplied, ascending; none for the constant term. */
  readonly axes: readonly number[];
  readonly factor: number;
}

/**
 * Finds the formula behind numbers seen in several recordings, by interpolation at the corners of a box.
 *
 * @param values one number a recording
 * @param recordings their sizes: first the 2^k corners, in binary order (bit i chooses axis i's lower or higher
 *   size), then any number of checks
 * @returns undefined when no formula with whole factors explains all of them
 */
export function fitExtent(values: readonly number[], recordings: readonly Sizes[]): Extent | undefined {
  if (values.every((value) => value === values[0])) {
    return { terms: values[0] === 0 ? [] : [{ axes: [], factor: values[0]! }] };
  }
  const axes = recordings[0]!.length;
  const corners = 1 << axes;
  // Divided differences, one axis after the other, give f as a polynomial in (size − lower size) …
  const coefficients = values.slice(0, corners);
  for (let axis = 0; axis < axes; axis++) {
    const low = recordings[0]![axis]!;
    const width = recordings[1 << axis]![axis]! - low;
    for (let corner = 0; corner < corners; corner++) {
      if ((corner & (1 << axis)) === 0) continue;
      const below = corner - (1 << axis);
      const slope = (coefficients[corner]! - coefficients[below]!) / width;
      // … and this turns it into one in the size itself.
      coefficients[below] = coefficients[below]! - slope * low;
      coefficients[corner] = slope;
    }
  }
  const terms: Term[] = [];
  coefficients.forEach((factor, corner) => {
    if (factor === 0) return;
    terms.push({ axes: axesOf(corner, axes), factor });
  });
  if (!terms.every(({ factor }) => Number.isSafeInteger(factor))) return undefined;
  const extent = { terms };
  return values.every((value, i) => evaluateExtent(extent, recordings[i]!) === value) ? extent : undefined;
}

export function evaluateExtent({ terms }: Extent, sizes: Sizes): number {
  return terms.reduce(
    (sum, { axes, factor }) => sum + axes.reduce((product, axis) => product * sizes[axis]!, factor),
    0,
  );
}

/** Whether the number is the same whatever the sizes. */
export function isFixed({ terms }: Extent): boolean {
  return terms.every(({ axes }) => axes.length === 0);
}

/** `batch`, `2*batch*time + 3`: the name of an axis in the model. */
export function describeExtent({ terms }: Extent, names: readonly string[]): string {
  if (terms.length === 0) return "0";
  const described = [...terms]
    .sort((a, b) => b.axes.length - a.axes.length)
    .map(({ axes, factor }) => {
      const product = axes.map((axis) => names[axis]!).join("*");
      if (product === "") return String(factor);
      return factor === 1 ? product : `${factor}*${product}`;
    });
  return described.join(" + ").replaceAll("+ -", "- ");
}

function axesOf(corner: number, axes: number): number[] {
  return Array.from({ length: axes }, (_, axis) => axis).filter((axis) => (corner & (1 << axis)) !== 0);
}

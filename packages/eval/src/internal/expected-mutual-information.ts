/** A term of the hypergeometric sum below this share of its largest one no longer shows in 53 bits. */
const NEGLIGIBLE = 1e-20;

/**
 * Mutual information expected of two random labellings with given cluster sizes, in nats.
 *
 * Source: Vinh, Epps & Bailey 2010, eq. (24a): Σᵢⱼ Σₓ x/n · log(n x / (aᵢ bⱼ)) · P(x), where the overlap x of a class of
 * aᵢ and a cluster of bⱼ items is hypergeometric. Equal sizes are counted once and multiplied; P is taken at its mode
 * from log-factorials and outwards by the ratio of neighbours, until it is negligible.
 */
export function expectedMutualInformation(
  classSizes: Float64Array,
  clusterSizes: Float64Array,
  n: number,
): number {
  const logFactorial = logFactorials(n);
  let expected = 0;
  for (const [a, countA] of multiplicities(classSizes)) {
    for (const [b, countB] of multiplicities(clusterSizes)) {
      expected += countA * countB * expectedTerm(a, b, n, logFactorial);
    }
  }
  return expected;
}

/** Σₓ x/n · log(n x / (a b)) · P(x) for one class and one cluster. */
function expectedTerm(a: number, b: number, n: number, logFactorial: Float64Array): number {
  const least = Math.max(0, a + b - n);
  const most = Math.min(a, b);
  const mode = Math.min(most, Math.max(least, Math.floor(((a + 1) * (b + 1)) / (n + 2))));
  const logProbability =
    logFactorial[a]! +
    logFactorial[b]! +
    logFactorial[n - a]! +
    logFactorial[n - b]! -
    logFactorial[n]! -
    logFactorial[mode]! -
    logFactorial[a - mode]! -
    logFactorial[b - mode]! -
    logFactorial[n - a - b + mode]!;
  const atMode = Math.exp(logProbability);
  const logScale = Math.log(n) - Math.log(a) - Math.log(b);
  let sum = 0;
  let probability = atMode;
  for (let x = mode; x <= most && probability > NEGLIGIBLE * atMode; x++) {
    if (x > 0) sum += (x / n) * (Math.log(x) + logScale) * probability;
    probability *= ((a - x) / (x + 1)) * ((b - x) / (n - a - b + x + 1)); // P(x + 1) / P(x)
  }
  probability = atMode;
  for (let x = mode; x > least && probability > NEGLIGIBLE * atMode; ) {
    probability *= (x / (a - x + 1)) * ((n - a - b + x) / (b - x + 1)); // P(x − 1) / P(x)
    x--;
    if (x > 0) sum += (x / n) * (Math.log(x) + logScale) * probability;
  }
  return sum;
}

/** log 0! … log n!, summed with compensation so that each is right to its last bits. */
function logFactorials(n: number): Float64Array {
  const table = new Float64Array(n + 1);
  let sum = 0;
  let lost = 0;
  for (let i = 2; i <= n; i++) {
    const term = Math.log(i) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
    table[i] = sum;
  }
  return table;
}

function multiplicities(sizes: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}

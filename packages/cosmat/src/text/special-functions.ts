/**
 * Digamma ψ(x) for x > 0: the recurrence ψ(x) = ψ(x + 1) − 1/x up to x ≥ 6, then the asymptotic series
 * (Abramowitz & Stegun 6.3.5, 6.3.18). Absolute error below 1e-11.
 */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 6) {
    shift -= 1 / y;
    y += 1;
  }
  const f = 1 / (y * y);
  const series =
    f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240 - f * (1 / 132 - f * (691 / 32760))))));
  return shift + Math.log(y) - 0.5 / y - series;
}

/** ln Γ(x) for x > 0: the recurrence up to x ≥ 8, then Stirling's series (A&S 6.1.41). Absolute error below 1e-10. */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  while (y < 8) {
    product *= y;
    y += 1;
  }
  const f = 1 / (y * y);
  const series = (1 / 12 - f * (1 / 360 - f * (1 / 1260 - f * (1 / 1680 - f / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

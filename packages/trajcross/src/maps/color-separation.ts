/** Red, green, blue, their squares and products. */
const featureCount = 9;
/** Added to each feature's variance, so that a picture of few colours has a solution too. */
const ridge = 1e-4;

/**
 * Tells how well the colours of a picture separate a shape from the rest of it, without knowing the shape's colour.
 *
 * The shape's coverage of each pixel is regressed on the pixel's colour (red, green, blue, their squares and products): R² is the share of the
 * coverage that the colours tell. Where a line of one colour lies over a map, the line's own shape reaches an R² near 1, any other
 * only what it shares with it.
 *
 * The features are whitened once, so that R² of a shape is a sum over the pixels that it covers.
 */
export class ColorSeparation {
  /** Centred, of unit covariance: `[pixels, 9]`. */
  readonly #features: Float64Array;

  /** @param rgb `[pixels, 3]`, 0 … 255 */
  constructor(rgb: Uint8Array) {
    const features = colorFeatures(rgb);
    center(features);
    whiten(features, choleskyOfCovariance(features));
    this.#features = features;
  }

  /**
   * R² of a shape, 0 … 1; 0 for a shape that covers nothing, or everything alike.
   *
   * @param coverage 0 … 255 a pixel
   */
  explained(coverage: Uint8Array): number {
    const features = this.#features;
    const covariances = new Float64Array(featureCount);
    let sum = 0;
    let squares = 0;
    for (let pixel = 0; pixel < coverage.length; pixel++) {
      const value = coverage[pixel]!;
      if (value === 0) continue;
      sum += value;
      squares += value * value;
      const at = pixel * featureCount;
      for (let k = 0; k < featureCount; k++) covariances[k]! += value * features[at + k]!;
    }
    const n = coverage.length;
    const variance = squares / n - (sum / n) ** 2;
    if (variance <= 0) return 0;
    let explained = 0;
    for (let k = 0; k < featureCount; k++) explained += (covariances[k]! / n) ** 2;
    return Math.min(1, explained / variance);
  }
}

function colorFeatures(rgb: Uint8Array): Float64Array {
  const pixels = rgb.length / 3;
  const features = new Float64Array(pixels * featureCount);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const r = rgb[3 * pixel]! / 255;
    const g = rgb[3 * pixel + 1]! / 255;
    const b = rgb[3 * pixel + 2]! / 255;
    features.set([r, g, b, r * r, g * g, b * b, r * g, g * b, r * b], pixel * featureCount);
  }
  return features;
}

function center(features: Float64Array): void {
  const pixels = features.length / featureCount;
  for (let k = 0; k < featureCount; k++) {
    let sum = 0;
    for (let at = k; at < features.length; at += featureCount) sum += features[at]!;
    for (let at = k; at < features.length; at += featureCount) features[at]! -= sum / pixels;
  }
}

/** L of L Lᵀ = covariance + ridge, lower triangular, row-major. */
function choleskyOfCovariance(features: Float64Array): Float64Array {
  const pixels = features.length / featureCount;
  const factor = new Float64Array(featureCount * featureCount);
  for (let row = 0; row < featureCount; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let at = 0; at < features.length; at += featureCount)
        sum += features[at + row]! * features[at + column]!;
      let entry = sum / pixels + (row === column ? ridge : 0);
      for (let k = 0; k < column; k++) {
        entry -= factor[row * featureCount + k]! * factor[column * featureCount + k]!;
      }
      factor[row * featureCount + column] =
        row === column ? Math.sqrt(entry) : entry / factor[column * featureCount + column]!;
    }
  }
  return factor;
}

/** Each pixel's features f become L⁻¹ f. */
function whiten(features: Float64Array, factor: Float64Array): void {
  for (let at = 0; at < features.length; at += featureCount) {
    for (let row = 0; row < featureCount; row++) {
      let value = features[at + row]!;
      for (let k = 0; k < row; k++) value -= factor[row * featureCount + k]! * features[at + k]!;
      features[at + row] = value / factor[row * featureCount + row]!;
    }
  }
}

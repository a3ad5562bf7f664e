/** Sizes of the layers that the configuration does not vary. */

/** Heights of the convolution filters over a trajectory's points (eq. 2). */
export const paperConvolutionHeights: readonly number[] = [2, 3, 4, 5];

export const paperSizes = {
  /** Length of a point's embedding (eq. 1). */
  pointSize: 32,
  /** Filters of each height, and of the WCNN. */
  filters: 64,
  /** Of the shape CNNs' three convolutions. */
  channels: [16, 32, 64],
  /** Length of the location vector's embedding (eq. 6). */
  locationSize: 64,
  /** Of the layer before the last of each position branch. */
  hidden: 512,
} as const;

export const keypointSizes = {
  channels: [24, 48, 64],
  hidden: 512,
} as const;

/** Angular frequencies of the position features, in cycles per two units of normalised position. */
export const positionFrequencies: readonly number[] = [0.5, 1, 2, 4];

/** Length of the feature vector of n points: x and y, and the sine and cosine of both at each frequency. */
export function keypointFeatures(points: number): number {
  return points * 2 * (1 + 2 * positionFrequencies.length);
}

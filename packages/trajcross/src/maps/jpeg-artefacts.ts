/** Quantisation tables of the JPEG standard (ITU-T T.81, annex K), for luminance and chrominance. */
const luminanceTable = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const chrominanceTable = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/** The orthonormal DCT-II of length 8: `[frequency, sample]`. */
const cosines = Float64Array.from({ length: 64 }, (_, i) => {
  const [frequency, sample] = [i >> 3, i & 7];
  const scale = frequency === 0 ? Math.sqrt(1 / 8) : 1 / 2;
  return scale * Math.cos(((2 * sample + 1) * frequency * Math.PI) / 16);
});

/** Orthonormal, so the inverse is the transpose: `[sample, frequency]`. */
const inverseCosines = Float64Array.from({ length: 64 }, (_, i) => cosines[8 * (i & 7) + (i >> 3)]!);

/**
 * Does to a picture what saving it as JPEG does: blocks of 8 × 8 in Y′CbCr lose what the quantisation of their cosine transform drops
 * (without subsampling of the colours).
 *
 * @param rgb `[size, size, 3]`, 0 … 255; changed in place
 * @param quality 1 … 99 as in libjpeg
 */
export function jpegArtefacts(rgb: Float32Array, size: number, quality: number): void {
  const scale = quality < 50 ? 50 / quality : 2 - quality / 50;
  const block = new Float64Array(64);
  const scratch = new Float64Array(64);
  toYCbCr(rgb);
  for (let channel = 0; channel < 3; channel++) {
    const table = channel === 0 ? luminanceTable : chrominanceTable;
    for (let top = 0; top < size; top += 8) {
      for (let left = 0; left < size; left += 8) {
        // A block that reaches beyond the picture repeats its edge.
        for (let i = 0; i < 64; i++) {
          const row = Math.min(size - 1, top + (i >> 3));
          const column = Math.min(size - 1, left + (i & 7));
          block[i] = rgb[3 * (row * size + column) + channel]! - 128;
        }
        transform(cosines, block, scratch);
        for (let i = 0; i < 64; i++) {
          const step = Math.max(1, Math.round(table[i]! * scale));
          block[i] = step * Math.round(block[i]! / step);
        }
        transform(inverseCosines, block, scratch);
        for (let i = 0; i < 64; i++) {
          const [row, column] = [top + (i >> 3), left + (i & 7)];
          if (row < size && column < size) rgb[3 * (row * size + column) + channel] = block[i]! + 128;
        }
      }
    }
  }
  toRgb(rgb);
}

/** M X Mᵀ in place: each pass multiplies from the left and writes its result transposed. */
function transform(matrix: Float64Array, block: Float64Array, scratch: Float64Array): void {
  pass(matrix, block, scratch);
  pass(matrix, scratch, block);
}

function pass(matrix: Float64Array, from: Float64Array, to: Float64Array): void {
  for (let line = 0; line < 8; line++) {
    for (let out = 0; out < 8; out++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += matrix[8 * out + i]! * from[8 * line + i]!;
      to[8 * out + line] = sum;
    }
  }
}

function toYCbCr(rgb: Float32Array): void {
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    rgb[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    rgb[i + 1] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
    rgb[i + 2] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
  }
}

function toRgb(pixels: Float32Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const [y, cb, cr] = [pixels[i]!, pixels[i + 1]! - 128, pixels[i + 2]! - 128];
    pixels[i] = y + 1.402 * cr;
    pixels[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    pixels[i + 2] = y + 1.772 * cb;
  }
}

// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { kMeans, type Matrix, symmetricEigen, zeros } from "@wayweave/numeric";

export const matrix: Matrix = zeros(2, 2);
export const eigen = symmetricEigen(zeros(2, 2));

// @ts-expect-error a matrix has rows and columns
export const flat: Matrix = Float64Array.of(1, 2);
// @ts-expect-error sizes are numbers
zeros("2", 2);
// @ts-expect-error options are needed: how many clusters
kMeans(matrix);

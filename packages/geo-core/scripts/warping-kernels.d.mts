export function warpingKernelsText(): string;

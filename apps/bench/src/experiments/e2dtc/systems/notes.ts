/** What every table and figure with E2DTC must say of how ours starts and was set up. */
export const startNote =
  "E2DTC (ours) starts from clusters of places: where a clustering of the trips' mean positions is the most clear-cut start, the network first imitates it by plain cross-entropy (warm-up), and trains itself by eq. 9 and 10 only afterwards (quick: its only epoch of self-training is warm-up). The warm-up's 98 % rule and the 8 epochs of `standard` were chosen after seeing Porto's NMI.";

/**
 * The text of the WebAssembly module behind DTW and the discrete Fréchet distance: one function a recurrence.
 *
 * A strip of four rows p … p + 3 is swept by columns. Step t computes row r of the strip at column t − r, so that the four
 * cells of a step depend on earlier steps only: two vectors of two numbers. Only the strip's last row is stored.
 *
 * Each value is computed by the operations of the TypeScript kernels in the same order, hence bit for bit the same.
 *
 * Where cells exceed the strip's limit, they cannot be on a path within it: the next strip starts at the first column that is
 * within, and a sweep ends once it is right of the last one and no cell of the step is within.
 *
 * Memory, in bytes from each parameter:
 *   a       x, then y, then z of the rows, each `aStride` bytes; four rows may be read beyond the last
 *   b       x, y, z of the columns in reverse, each `bStride` bytes: columns + 3 … −2; x is infinite outside 1 … columns
 *   row     D(p, q) at 8 q for q in −3 … columns + 3; the caller puts 0 at 0 and infinity right of it
 *   limits  one number a strip
 */
const VECTORS = [0, 1];

const constant = (value) => `(v128.const f64x2 ${value} ${value})`;
const difference = (axis, v) =>
  `(f64x2.sub (v128.load offset=${16 * v} (local.get $b${axis})) (local.get $a${axis}${v}))`;
const squareOf = (axis, v) => `(f64x2.mul (local.tee $d ${difference(axis, v)}) (local.get $d))`;
const sum = (a, b) => `(f64x2.add ${a} ${b})`;
const product = (a, b) => `(f64x2.mul ${a} ${b})`;

/** metresOf of points.ts below its limit: √s (1 + h (1/6 + h (3/40 + h 15/336))), h = s · curvature. */
function metres(squared) {
  const series = [15 / 336, 3 / 40, 1 / 6, 1].reduce(
    (inner, term) => (inner === "" ? constant(term) : sum(constant(term), product("(local.get $h)", inner))),
    "",
  );
  return `
        (local.set $d ${squared})
        (local.set $h ${product("(local.get $d)", "(local.get $curvatures)")})
        ${product("(f64x2.sqrt (local.get $d))", series)}`;
}

const onPlane = (v) => sum(squareOf("x", v), squareOf("y", v));
const inSpace = (v) => sum(onPlane(v), squareOf("z", v));

/** How two points' distance and the three predecessors make a cell: `plus` for sums, `pmax` for maxima. */
const RECURRENCES = {
  dtwPlane: { axes: ["x", "y"], distance: (v) => `(f64x2.sqrt ${onPlane(v)})`, join: "f64x2.add" },
  dtwSphere: { axes: ["x", "y", "z"], distance: (v) => metres(inSpace(v)), join: "f64x2.add" },
  frechet: { axes: ["x", "y", "z"], distance: (v) => inSpace(v), join: "f64x2.pmax" },
};

const each = (make, separator = "\n") => VECTORS.map(make).join(separator);
const INFINITY = constant("inf");
/** Bytes of `first`'s half `i`, then of `second`'s half `j`. */
const halves = (first, i, second, j) =>
  `(i8x16.shuffle ${[8 * i, 16 + 8 * j].flatMap((from) => [0, 1, 2, 3, 4, 5, 6, 7].map((k) => from + k)).join(" ")} ${first} ${second})`;

/** Closes the cells of vector v outside the band: row r of the strip needs −reachLeft ≤ t − s − 1 − 2r ≤ reachRight. */
const band = (v) => `
          (local.set $d (f64x2.sub (f64x2.splat (f64.convert_i32_s (i32.sub (i32.sub (local.get $t) (local.get $s)) (i32.const 1))))
                                   (v128.const f64x2 ${4 * v} ${4 * v + 2})))
          (local.set $cell${v} (v128.bitselect (local.get $cell${v}) ${INFINITY}
            (v128.and (f64x2.ge (local.get $d) (f64x2.splat (f64.convert_i32_s (i32.sub (i32.const 0) (local.get $reachLeft)))))
                      (f64x2.le (local.get $d) (f64x2.splat (f64.convert_i32_s (local.get $reachRight)))))))`;

function kernel(name, { axes, distance, join }) {
  return `
  (func (export "${name}")
    (param $rows i32) (param $columns i32) (param $a i32) (param $aStride i32) (param $b i32) (param $bStride i32)
    (param $row i32) (param $limits i32) (param $reachLeft i32) (param $reachRight i32) (param $curvature f64) (result f64)
    (local $s i32) (local $t i32) (local $from i32) (local $last i32) (local $left i32)
    (local $low i32) (local $high i32) (local $written i32) (local $cells i32) (local $limit f64)
    ${axes.map((axis) => `(local $b${axis} i32) ${each((v) => `(local $a${axis}${v} v128)`, " ")}`).join("\n    ")}
    ${each((v) => `(local $cell${v} v128) (local $above${v} v128) (local $diagonal${v} v128) (local $next${v} v128)`, "\n    ")}
    (local $least v128) (local $d v128) (local $h v128) (local $curvatures v128) (local $bound v128)
    (local.set $curvatures (f64x2.splat (local.get $curvature)))
    (local.set $low (i32.const 1))
    (loop $strip
      (local.set $limit (f64.load (i32.add (local.get $limits) (i32.shl (local.get $s) (i32.const 1)))))
      (local.set $bound (f64x2.splat (local.get $limit)))
      (local.set $left (select (i32.sub (local.get $rows) (local.get $s)) (i32.const 4)
        (i32.lt_s (i32.sub (local.get $rows) (local.get $s)) (i32.const 4))))
      ${axes
        .map((axis, k) =>
          each(
            (v) => `(local.set $a${axis}${v} (v128.load offset=${16 * v} (i32.add (i32.add (local.get $a)
        (i32.mul (local.get $aStride) (i32.const ${k}))) (i32.shl (local.get $s) (i32.const 3)))))`,
            "\n      ",
          ),
        )
        .join("\n      ")}
      ;; the first and last step: max(low, s − reachLeft + 1), min(columns + rows left − 1, s + reachRight + 7)
      (local.set $from (i32.add (i32.sub (local.get $s) (local.get $reachLeft)) (i32.const 1)))
      (if (i32.lt_s (local.get $from) (local.get $low)) (then (local.set $from (local.get $low))))
      (local.set $last (i32.sub (i32.add (local.get $columns) (local.get $left)) (i32.const 1)))
      (local.set $t (i32.add (i32.add (local.get $s) (local.get $reachRight)) (i32.const 7)))
      (if (i32.lt_s (local.get $t) (local.get $last)) (then (local.set $last (local.get $t))))
      (local.set $t (local.get $from))
      (local.set $cells (i32.add (local.get $row) (i32.shl (local.get $t) (i32.const 3))))
      ${axes
        .map(
          (
            axis,
            k,
          ) => `(local.set $b${axis} (i32.add (i32.add (local.get $b) (i32.mul (local.get $bStride) (i32.const ${k})))
        (i32.shl (i32.sub (i32.add (local.get $columns) (i32.const 3)) (local.get $t)) (i32.const 3))))`,
        )
        .join("\n      ")}
      (local.set $diagonal0 (f64x2.replace_lane 0 ${INFINITY} (f64.load (i32.sub (local.get $cells) (i32.const 8)))))
      (local.set $diagonal1 ${INFINITY})
      (local.set $cell0 ${INFINITY})
      (local.set $cell1 ${INFINITY})
      (local.set $least ${INFINITY})
      (block $swept
      (block $dead
      (loop $step
        (br_if $swept (i32.gt_s (local.get $t) (local.get $last)))
        (local.set $above0 ${halves("(v128.load64_splat (local.get $cells))", 0, "(local.get $cell0)", 0)})
        (local.set $above1 ${halves("(local.get $cell0)", 1, "(local.get $cell1)", 0)})
        ${each(
          (
            v,
          ) => `(local.set $next${v} (f64x2.pmin (f64x2.pmin (local.get $diagonal${v}) (local.get $cell${v})) (local.get $above${v})))
        ${distance(v)}
        (local.set $cell${v} (${join} (local.get $next${v})))`,
          "\n        ",
        )}
        (if (i32.or (i32.lt_s (local.get $t) (i32.sub (i32.add (local.get $s) (i32.const 7)) (local.get $reachLeft)))
                    (i32.gt_s (local.get $t) (i32.add (i32.add (local.get $s) (i32.const 1)) (local.get $reachRight))))
          (then ${each(band)}))
        (v128.store64_lane 1 (i32.sub (local.get $cells) (i32.const 24)) (local.get $cell1))
        (local.set $least (f64x2.pmin (local.get $least) (local.get $cell1)))
        (if (i32.gt_s (local.get $t) (local.get $high))
          (then (br_if $dead (i64x2.all_true (v128.and
            (v128.and (f64x2.gt (local.get $cell0) (local.get $bound)) (f64x2.gt (local.get $cell1) (local.get $bound)))
            (v128.and (f64x2.gt (local.get $above0) (local.get $bound)) (f64x2.gt (local.get $above1) (local.get $bound))))))))
        (local.set $diagonal0 (local.get $above0))
        (local.set $diagonal1 (local.get $above1))
        (local.set $t (i32.add (local.get $t) (i32.const 1)))
        (local.set $cells (i32.add (local.get $cells) (i32.const 8)))
        ${axes.map((axis) => `(local.set $b${axis} (i32.sub (local.get $b${axis}) (i32.const 8)))`).join("\n        ")}
        (br $step)))
        ;; dead: what the row holds right of the cells just stored is of an earlier strip
        (local.set $last (local.get $t))
        (if (i32.ge_s (i32.add (local.get $s) (i32.const 4)) (local.get $rows)) (then (return (f64.const inf))))
        (local.set $t (i32.sub (local.get $t) (i32.const 2)))
        (loop $clear
          (if (i32.le_s (local.get $t) (local.get $written))
            (then
              (f64.store (i32.add (local.get $row) (i32.shl (local.get $t) (i32.const 3))) (f64.const inf))
              (local.set $t (i32.add (local.get $t) (i32.const 1)))
              (br $clear))))
        (local.set $written (i32.const -3)))
      (local.set $s (i32.add (local.get $s) (i32.const 4)))
      (if (i32.lt_s (local.get $s) (local.get $rows))
        (then
          (if (f64.gt (f64x2.extract_lane 1 (local.get $least)) (local.get $limit)) (then (return (f64.const inf))))
          (if (i32.lt_s (local.get $written) (i32.sub (local.get $last) (i32.const 3)))
            (then (local.set $written (i32.sub (local.get $last) (i32.const 3)))))
          (local.set $low (local.get $from))
          (loop $first
            (if (f64.gt (f64.load (i32.add (local.get $row) (i32.shl (local.get $low) (i32.const 3)))) (local.get $limit))
              (then (local.set $low (i32.add (local.get $low) (i32.const 1))) (br $first))))
          (local.set $high (local.get $written))
          (loop $final
            (if (f64.gt (f64.load (i32.add (local.get $row) (i32.shl (local.get $high) (i32.const 3)))) (local.get $limit))
              (then (local.set $high (i32.sub (local.get $high) (i32.const 1))) (br $final))))
          (br $strip))))
    (if (i32.eq (local.get $left) (i32.const 1)) (then (return (f64x2.extract_lane 0 (local.get $cell0)))))
    (if (i32.eq (local.get $left) (i32.const 2)) (then (return (f64x2.extract_lane 1 (local.get $cell0)))))
    (if (i32.eq (local.get $left) (i32.const 3)) (then (return (f64x2.extract_lane 0 (local.get $cell1)))))
    (f64x2.extract_lane 1 (local.get $cell1)))`;
}

/** The whole module: a memory of its own, and the three functions. */
export function warpingKernelsText() {
  const functions = Object.entries(RECURRENCES).map(([name, recurrence]) => kernel(name, recurrence));
  return `(module (memory (export "memory") 1)${functions.join("")})\n`;
}

;; The inner loops of the search in WebAssembly SIMD. scripts/assemble-kernels.mjs turns this file into
;; kernels-wasm.ts; kernels.ts calls them.
(module
  (import "tree" "memory" (memory 0 65536))

  ;; For each of `count` boxes (lower corner, then upper corner, `bytes` each): the squared distance from the query to the
  ;; box, apart for the first four coordinates (space) and for the others (meaning).
  (func $boxes
    (param $query i32) (param $box i32) (param $count i32) (param $bytes i32) (param $out i32)
    (local $i i32) (local $gap v128) (local $space v128) (local $meaning v128) (local $coordinate v128)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (loop $next
      (local.set $meaning (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $block
        (local.set $coordinate (v128.load (i32.add (local.get $query) (local.get $i))))
        (local.set $gap
          (f32x4.max
            (f32x4.max
              (f32x4.sub (v128.load (i32.add (local.get $box) (local.get $i))) (local.get $coordinate))
              (f32x4.sub
                (local.get $coordinate)
                (v128.load (i32.add (i32.add (local.get $box) (local.get $bytes)) (local.get $i)))))
            (f32x4.splat (f32.const 0))))
        (local.set $gap (f32x4.mul (local.get $gap) (local.get $gap)))
        ;; The first four coordinates are space.
        (if (local.get $i)
          (then (local.set $meaning (f32x4.add (local.get $meaning) (local.get $gap))))
          (else (local.set $space (local.get $gap))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $block (i32.lt_u (local.get $i) (local.get $bytes))))
      (f32.store (local.get $out) (f32x4.extract_lane 0 (call $sum (local.get $space))))
      (f32.store offset=4 (local.get $out) (f32x4.extract_lane 0 (call $sum (local.get $meaning))))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (local.set $box (i32.add (local.get $box) (i32.shl (local.get $bytes) (i32.const 1))))
      (br_if $next (i32.lt_u (local.get $out) (local.get $end)))))

  ;; μ·proximity of four squared key distances, rounded up; −∞ beyond the query's largest distance. `parameters` are
  ;; those of bounds.ts, four bytes each: 0 μ, 4 1 − μ, 8 slack of a scalar product, 12 slack of a distance, 16 least
  ;; similarity, 20 largest distance, 24 offset, 28 rate, 32 constant of a box's similarity, 36 shape of the proximity
  ;; (0 linear, 1 exponential, 2 gaussian), 40 curvature, 44 factor of a box's squared distance.
  (func $nearness (param $squared v128) (param $slack v128) (param $parameters i32) (result v128)
    (local $distance v128) (local $t v128) (local $nearness v128)
    (local.set $distance
      (f32x4.max
        (f32x4.sub (f32x4.sqrt (local.get $squared)) (local.get $slack))
        (f32x4.splat (f32.const 0))))
    ;; On the sphere the first terms of 2·asin(chord / 2); on the plane h is 0.
    (local.set $t
      (f32x4.mul
        (f32x4.mul (local.get $distance) (local.get $distance))
        (v128.load32_splat offset=40 (local.get $parameters))))
    (local.set $distance
      (f32x4.mul
        (local.get $distance)
        (f32x4.add
          (f32x4.splat (f32.const 1))
          (f32x4.mul
            (local.get $t)
            (f32x4.add
              (f32x4.splat (f32.const 0.1666666))
              (f32x4.mul (local.get $t) (f32x4.splat (f32.const 0.0749999))))))))
    (local.set $t
      (f32x4.mul
        (f32x4.max
          (f32x4.sub (local.get $distance) (v128.load32_splat offset=24 (local.get $parameters)))
          (f32x4.splat (f32.const 0)))
        (v128.load32_splat offset=28 (local.get $parameters))))
    (if (f32.eq (f32.load offset=36 (local.get $parameters)) (f32.const 0))
      (then
        (local.set $nearness
          (f32x4.max
            (f32x4.sub (f32x4.splat (f32.const 1)) (local.get $t))
            (f32x4.splat (f32.const 0)))))
      (else
        (if (f32.eq (f32.load offset=36 (local.get $parameters)) (f32.const 2))
          (then
            (local.set $t
              (f32x4.mul
                (f32x4.mul (local.get $t) (local.get $t))
                (f32x4.splat (f32.const 0.5))))))
        ;; e⁻ᵗ ≤ (1 + x + x²/2 + x³/6)⁻⁴ with x = t/4.
        (local.set $t (f32x4.mul (local.get $t) (f32x4.splat (f32.const 0.25))))
        (local.set $nearness
          (f32x4.div
            (f32x4.splat (f32.const 1))
            (f32x4.add
              (f32x4.splat (f32.const 1))
              (f32x4.mul
                (local.get $t)
                (f32x4.add
                  (f32x4.splat (f32.const 1))
                  (f32x4.mul
                    (local.get $t)
                    (f32x4.add
                      (f32x4.splat (f32.const 0.5))
                      (f32x4.mul
                        (local.get $t)
                        (f32x4.splat (f32.const 0.1666666))))))))))
        (local.set $nearness (f32x4.mul (local.get $nearness) (local.get $nearness)))
        (local.set $nearness (f32x4.mul (local.get $nearness) (local.get $nearness)))))
    (v128.bitselect
      (f32x4.mul (local.get $nearness) (v128.load32_splat (local.get $parameters)))
      (f32x4.splat (f32.const -inf))
      (f32x4.le (local.get $distance) (v128.load32_splat offset=20 (local.get $parameters)))))

  ;; Writes the numbers number … number + 3 of the lanes in a mask, each with its bound and nearness, one behind the other,
  ;; by way of 32 bytes behind the parameters. Returns where they end.
  (func $store
    (param $out i32) (param $lanes i32) (param $number i32) (param $bounds v128) (param $nearness v128)
    (param $parameters i32)
    (result i32)
    (local $lane i32)
    (v128.store offset=48 (local.get $parameters) (local.get $bounds))
    (v128.store offset=64 (local.get $parameters) (local.get $nearness))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $lanes)))
        (local.set $lane (i32.ctz (local.get $lanes)))
        (i32.store (local.get $out) (i32.add (local.get $number) (local.get $lane)))
        (local.set $lane (i32.add (local.get $parameters) (i32.shl (local.get $lane) (i32.const 2))))
        (i32.store offset=4 (local.get $out) (i32.load offset=48 (local.get $lane)))
        (i32.store offset=8 (local.get $out) (i32.load offset=64 (local.get $lane)))
        (local.set $out (i32.add (local.get $out) (i32.const 12)))
        (local.set $lanes (i32.and (local.get $lanes) (i32.sub (local.get $lanes) (i32.const 1))))
        (br $next)))
    (local.get $out))

  ;; The lanes of a mask whose numbers, from `number` on, come before the end.
  (func $within (param $lanes i32) (param $number i32) (param $end i32) (result i32)
    (if (i32.gt_u (i32.add (local.get $number) (i32.const 4)) (local.get $end))
      (then
        (local.set $lanes
          (i32.and
            (local.get $lanes)
            (i32.shr_u (i32.const 15) (i32.sub (i32.add (local.get $number) (i32.const 4)) (local.get $end)))))))
    (local.get $lanes))

  ;; The sum of the four lanes, in each of them.
  (func $sum (param $x v128) (result v128)
    (local.set $x
      (f32x4.add (local.get $x)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x))))
    (f32x4.add (local.get $x)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $x) (local.get $x))))

  ;; A 255th of how wide a box is in the four coordinates at `low`: what one step of the codes stands for.
  (func $step (param $low i32) (param $bytes i32) (result v128)
    (f32x4.mul
      (f32x4.sub
        (v128.load (i32.add (local.get $low) (local.get $bytes)))
        (v128.load (local.get $low)))
      (f32x4.splat (f32.const 0.003921569))))

  ;; The children of a node: of `count` boxes from `first` on, writes the numbers of those whose score may reach the
  ;; threshold, and the bound, to `out`, behind the squared distances. Returns how many.
  (func (export "children")
    (param $query i32) (param $boxes i32) (param $first i32) (param $count i32) (param $bytes i32)
    (param $threshold f32) (param $sums i32) (param $out i32)
    (result i32)
    (local $parameters i32) (local $begin i32) (local $end i32) (local $low v128) (local $high v128)
    (local $similarity v128) (local $bound v128) (local $lanes i32)
    (call $boxes
      (local.get $query)
      (i32.add (local.get $boxes) (i32.mul (local.get $first) (i32.shl (local.get $bytes) (i32.const 1))))
      (local.get $count) (local.get $bytes) (local.get $sums))
    (local.set $parameters (i32.add (local.get $query) (local.get $bytes)))
    (local.set $begin (local.get $out))
    (local.set $end (i32.add (local.get $first) (local.get $count)))
    (loop $next_four
      (local.set $low (v128.load (local.get $sums)))
      (local.set $high (v128.load offset=16 (local.get $sums)))
      (local.set $similarity
        (f32x4.min
          (f32x4.splat (f32.const 1))
          (f32x4.sub
            (v128.load32_splat offset=32 (local.get $parameters))
            (f32x4.mul
              (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $low) (local.get $high))
              (v128.load32_splat offset=44 (local.get $parameters))))))
      (local.set $bound
        (f32x4.add
          (f32x4.mul (v128.load32_splat offset=4 (local.get $parameters)) (local.get $similarity))
          (call $nearness
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $low) (local.get $high))
            (v128.load32_splat offset=12 (local.get $parameters))
            (local.get $parameters))))
      (local.set $lanes
        (i32x4.bitmask
          (v128.and
            (f32x4.ge (local.get $similarity) (v128.load32_splat offset=16 (local.get $parameters)))
            (f32x4.ge (local.get $bound) (f32x4.splat (local.get $threshold))))))
      (local.set $out
        (call $store
          (local.get $out) (call $within (local.get $lanes) (local.get $first) (local.get $end))
          (local.get $first) (local.get $bound) (local.get $bound) (local.get $parameters)))
      (local.set $first (i32.add (local.get $first) (i32.const 4)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (br_if $next_four (i32.lt_u (local.get $first) (local.get $end))))
    (i32.div_u (i32.sub (local.get $out) (local.get $begin)) (i32.const 12)))

  ;; The squared distances along one coordinate, from the query to four codes, its lower corner seen from the query.
  (func $squared_gap (param $codes v128) (param $corner v128) (param $step v128) (result v128)
    (local.set $codes
      (f32x4.add
        (local.get $corner)
        (f32x4.mul (local.get $step) (f32x4.convert_i32x4_s (local.get $codes)))))
    (f32x4.mul (local.get $codes) (local.get $codes)))

  ;; Bounds the scores of a leaf's objects from their keys in eight bits (code c stands for low + c·step of the leaf's box),
  ;; four objects at a time, and writes slot, bound and μ·proximity of those that reach the threshold to `out`. Returns how
  ;; many. `query` is followed by its parameters, 32 bytes to lend, and room for `bytes` / 2 bytes of weights.
  (func (export "leaf")
    (param $query i32) (param $box i32) (param $codes i32) (param $first i32) (param $end i32) (param $bytes i32)
    (param $threshold f32) (param $out i32)
    (result i32)
    (local $i i32) (local $slot i32) (local $code_end i32) (local $weight i32) (local $begin i32)
    (local $parameters i32) (local $weights i32) (local $lanes i32)
    (local $coordinate v128) (local $step v128) (local $share v128) (local $base v128) (local $error v128)
    (local $unscale v128) (local $sums v128) (local $similarity v128) (local $nearness v128)
    (local $reached v128) (local $low v128) (local $slack v128) (local $pair v128) (local $limit v128)
    (local $low_x v128) (local $low_y v128) (local $low_z v128)
    (local $step_x v128) (local $step_y v128) (local $step_z v128)
    (local.set $begin (local.get $out))
    (local.set $parameters (i32.add (local.get $query) (local.get $bytes)))
    (local.set $weights (i32.add (local.get $parameters) (i32.const 80)))
    (local.set $limit (f32x4.splat (local.get $threshold)))

    ;; Meaning: Σ u·(low + c·step) is a constant and a product of the codes with weights of sixteen bits, u·step in units of
    ;; 1 / 4,000,000: neither u nor 255 steps exceed 1 and 2. Codes are off by half a step at most; rounding a weight adds
    ;; its error for codes of at most 255.
    (local.set $i (i32.const 16))
    (local.set $weight (local.get $weights))
    (loop $next
      (local.set $coordinate (v128.load (i32.add (local.get $query) (local.get $i))))
      (local.set $base
        (f32x4.add
          (local.get $base)
          (f32x4.mul (local.get $coordinate) (v128.load (i32.add (local.get $box) (local.get $i))))))
      (local.set $share
        (f32x4.mul
          (f32x4.mul
            (local.get $coordinate)
            (call $step (i32.add (local.get $box) (local.get $i)) (local.get $bytes)))
          (f32x4.splat (f32.const 4000000))))
      (local.set $coordinate (f32x4.nearest (local.get $share)))
      (local.set $error
        (f32x4.add
          (local.get $error)
          (f32x4.add
            (f32x4.abs (f32x4.mul (local.get $share) (f32x4.splat (f32.const 0.5))))
            (f32x4.abs
              (f32x4.mul
                (f32x4.sub (local.get $share) (local.get $coordinate))
                (f32x4.splat (f32.const 255)))))))
      (local.set $coordinate (i32x4.trunc_sat_f32x4_s (local.get $coordinate)))
      (v128.store64_lane 0
        (local.get $weight)
        (i16x8.narrow_i32x4_s (local.get $coordinate) (local.get $coordinate)))
      (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes))))
    (local.set $unscale (f32x4.splat (f32.const 2.5e-7)))
    (local.set $base
      (f32x4.add
        (call $sum (f32x4.add (local.get $base) (f32x4.mul (local.get $error) (local.get $unscale))))
        (v128.load32_splat offset=8 (local.get $parameters))))

    ;; Space: the lower corner as seen from the query, and the steps. An object lies within half a step of its code in each
    ;; coordinate.
    (local.set $low (f32x4.sub (v128.load (local.get $box)) (v128.load (local.get $query))))
    (local.set $step (call $step (local.get $box) (local.get $bytes)))
    (local.set $low_x (f32x4.splat (f32x4.extract_lane 0 (local.get $low))))
    (local.set $low_y (f32x4.splat (f32x4.extract_lane 1 (local.get $low))))
    (local.set $low_z (f32x4.splat (f32x4.extract_lane 2 (local.get $low))))
    (local.set $step_x (f32x4.splat (f32x4.extract_lane 0 (local.get $step))))
    (local.set $step_y (f32x4.splat (f32x4.extract_lane 1 (local.get $step))))
    (local.set $step_z (f32x4.splat (f32x4.extract_lane 2 (local.get $step))))
    (local.set $slack
      (f32x4.add
        (v128.load32_splat offset=12 (local.get $parameters))
        (f32x4.mul
          (f32x4.splat (f32.const 0.5))
          (f32x4.sqrt (call $sum (f32x4.mul (local.get $step) (local.get $step)))))))

    (local.set $slot (i32.and (local.get $first) (i32.const -4)))
    (local.set $code_end
      (i32.add (local.get $codes) (i32.mul (local.get $slot) (i32.shr_u (local.get $bytes) (i32.const 2)))))
    (loop $next_four
      (local.set $codes (local.get $code_end))
      (local.set $code_end (i32.add (local.get $codes) (local.get $bytes)))
      (local.set $sums (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.add (local.get $codes) (i32.const 16)))
      (local.set $weight (local.get $weights))
      (loop $next_pairs
        (local.set $sums
          (i32x4.add
            (local.get $sums)
            (i32x4.add
              (i32x4.dot_i16x8_s (v128.load8x8_u (local.get $i)) (v128.load32_splat (local.get $weight)))
              (i32x4.dot_i16x8_s
                (v128.load8x8_u offset=8 (local.get $i))
                (v128.load32_splat offset=4 (local.get $weight))))))
        (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $next_pairs (i32.lt_u (local.get $i) (local.get $code_end))))
      (local.set $similarity
        (f32x4.min
          (f32x4.splat (f32.const 1))
          (f32x4.add
            (f32x4.mul (f32x4.convert_i32x4_s (local.get $sums)) (local.get $unscale))
            (local.get $base))))
      ;; Cheapest first: as if the objects were here.
      (local.set $share
        (f32x4.mul (v128.load32_splat offset=4 (local.get $parameters)) (local.get $similarity)))
      (local.set $reached
        (v128.and
          (f32x4.ge (local.get $similarity) (v128.load32_splat offset=16 (local.get $parameters)))
          (f32x4.ge
            (f32x4.add (v128.load32_splat (local.get $parameters)) (local.get $share))
            (local.get $limit))))
      (if (v128.any_true (local.get $reached))
        (then
          ;; x and y of an object are neighbours, then z and 0.
          (local.set $pair (v128.load8x8_u (local.get $codes)))
          (local.set $nearness
            (call $nearness
              (f32x4.add
                (call $squared_gap
                  (v128.and (local.get $pair) (i32x4.splat (i32.const 65535)))
                  (local.get $low_x) (local.get $step_x))
                (f32x4.add
                  (call $squared_gap
                    (i32x4.shr_u (local.get $pair) (i32.const 16))
                    (local.get $low_y) (local.get $step_y))
                  (call $squared_gap
                    (v128.load8x8_u offset=8 (local.get $codes))
                    (local.get $low_z) (local.get $step_z))))
              (local.get $slack) (local.get $parameters)))
          (local.set $share (f32x4.add (local.get $nearness) (local.get $share)))
          (local.set $lanes
            (i32x4.bitmask
              (v128.and (local.get $reached) (f32x4.ge (local.get $share) (local.get $limit)))))
          ;; The first and the last four may reach beyond the leaf.
          (if (i32.lt_u (local.get $slot) (local.get $first))
            (then
              (local.set $lanes
                (i32.and
                  (local.get $lanes)
                  (i32.shl (i32.const -1) (i32.sub (local.get $first) (local.get $slot)))))))
          (local.set $out
            (call $store
              (local.get $out) (call $within (local.get $lanes) (local.get $slot) (local.get $end))
              (local.get $slot) (local.get $share) (local.get $nearness) (local.get $parameters)))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
      (br_if $next_four (i32.lt_u (local.get $slot) (local.get $end))))
    (i32.div_u (i32.sub (local.get $out) (local.get $begin)) (i32.const 12)))

  ;; The scalar product of `length` (a multiple of 16) eight-bit codes with the query in sixteen bits.
  (func (export "codes") (param $query i32) (param $code i32) (param $length i32) (result i32)
    (local $end i32) (local $sum v128) (local $bytes v128)
    (local.set $end (i32.add (local.get $code) (local.get $length)))
    (loop $next
      (local.set $bytes (v128.load (local.get $code)))
      (local.set $sum
        (i32x4.add
          (local.get $sum)
          (i32x4.add
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $bytes)) (v128.load (local.get $query)))
            (i32x4.dot_i16x8_s
              (i16x8.extend_high_i8x16_s (local.get $bytes))
              (v128.load offset=16 (local.get $query))))))
      (local.set $code (i32.add (local.get $code) (i32.const 16)))
      (local.set $query (i32.add (local.get $query) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $code) (local.get $end))))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))

;; The inner loops of the search in WebAssembly SIMD. scripts/assemble-kernels.mjs turns this file into
;; kernels-wasm.ts; kernels.ts holds the same loops in TypeScript, for engines without SIMD.
(module
  (import "tree" "memory" (memory 0 65536))

  ;; For each of `count` boxes (lower corner, then upper corner, `bytes` each): the squared distance from the query to the
  ;; box, apart for the first four coordinates (space) and for the others (meaning).
  (func (export "boxes")
    (param $query i32) (param $box i32) (param $count i32) (param $bytes i32) (param $out i32)
    (local $i i32) (local $gap v128) (local $space v128) (local $meaning v128) (local $coordinate v128)
    (local $end i32) (local $zero v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $coordinate (v128.load (local.get $query)))
        (local.set $gap
          (f32x4.max
            (f32x4.max
              (f32x4.sub (v128.load (local.get $box)) (local.get $coordinate))
              (f32x4.sub (local.get $coordinate) (v128.load (i32.add (local.get $box) (local.get $bytes)))))
            (local.get $zero)))
        (local.set $space (f32x4.mul (local.get $gap) (local.get $gap)))
        (local.set $meaning (local.get $zero))
        (local.set $i (i32.const 16))
        (block $end_of_box
          (loop $block
            (br_if $end_of_box (i32.ge_u (local.get $i) (local.get $bytes)))
            (local.set $coordinate (v128.load (i32.add (local.get $query) (local.get $i))))
            (local.set $gap
              (f32x4.max
                (f32x4.max
                  (f32x4.sub (v128.load (i32.add (local.get $box) (local.get $i))) (local.get $coordinate))
                  (f32x4.sub
                    (local.get $coordinate)
                    (v128.load (i32.add (i32.add (local.get $box) (local.get $bytes)) (local.get $i)))))
                (local.get $zero)))
            (local.set $meaning
              (f32x4.add (local.get $meaning) (f32x4.mul (local.get $gap) (local.get $gap))))
            (local.set $i (i32.add (local.get $i) (i32.const 16)))
            (br $block)))
        ;; [s0+s2, m0+m2, s1+s3, m1+m3], then [s, m]
        (local.set $gap
          (f32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $space) (local.get $meaning))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $space) (local.get $meaning))))
        (v128.store64_lane 0
          (local.get $out)
          (f32x4.add
            (local.get $gap)
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $gap) (local.get $gap))))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $box (i32.add (local.get $box) (i32.shl (local.get $bytes) (i32.const 1))))
        (br $next))))

  ;; For each of `count` rows: the squared distance to the query in the first four coordinates, and the scalar product of
  ;; the others.
  (func (export "rows")
    (param $query i32) (param $row i32) (param $count i32) (param $bytes i32) (param $out i32)
    (local $i i32) (local $gap v128) (local $space v128) (local $meaning v128) (local $end i32)
    (local $zero v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $gap (f32x4.sub (v128.load (local.get $row)) (v128.load (local.get $query))))
        (local.set $space (f32x4.mul (local.get $gap) (local.get $gap)))
        (local.set $meaning (local.get $zero))
        (local.set $i (i32.const 16))
        (block $end_of_row
          (loop $block
            (br_if $end_of_row (i32.ge_u (local.get $i) (local.get $bytes)))
            (local.set $meaning
              (f32x4.add
                (local.get $meaning)
                (f32x4.mul
                  (v128.load (i32.add (local.get $row) (local.get $i)))
                  (v128.load (i32.add (local.get $query) (local.get $i))))))
            (local.set $i (i32.add (local.get $i) (i32.const 16)))
            (br $block)))
        (local.set $gap
          (f32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $space) (local.get $meaning))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $space) (local.get $meaning))))
        (v128.store64_lane 0
          (local.get $out)
          (f32x4.add
            (local.get $gap)
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $gap) (local.get $gap))))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $row (i32.add (local.get $row) (local.get $bytes)))
        (br $next))))

  ;; The scalar product of `length` (a multiple of 16) eight-bit codes with the query in sixteen bits.
  (func (export "codes") (param $query i32) (param $code i32) (param $length i32) (result i32)
    (local $end i32) (local $sum v128) (local $bytes v128)
    (local.set $end (i32.add (local.get $code) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $code) (local.get $end)))
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
        (br $next)))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))

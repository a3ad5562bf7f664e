/**
 * The inner loops of {@link NativeScan} in WebAssembly's text form. Four objects lie side by side in a group; `scan` lists those
 * whose score may reach a limit, by bounds in float32, and `nearestToAntipode` finds the smallest cosine of an angle.
 */
export const SCAN_KERNEL = `
(module
  (import "scan" "memory" (memory 1))

  ;; Smallest x·p over groups [first, end) of points.
  (func (export "nearestToAntipode")
    (param $points i32) (param $first i32) (param $end i32) (param $x f32) (param $y f32) (param $z f32) (result f32)
    (local $least v128) (local $at i32) (local $stop i32)
    (local.set $least (f32x4.splat (f32.const 2)))
    (local.set $at (i32.add (local.get $points) (i32.mul (local.get $first) (i32.const 48))))
    (local.set $stop (i32.add (local.get $points) (i32.mul (local.get $end) (i32.const 48))))
    (loop $groups
      (local.set $least (f32x4.pmin (local.get $least)
        (f32x4.add
          (f32x4.add
            (f32x4.mul (f32x4.splat (local.get $x)) (v128.load (local.get $at)))
            (f32x4.mul (f32x4.splat (local.get $y)) (v128.load offset=16 (local.get $at))))
          (f32x4.mul (f32x4.splat (local.get $z)) (v128.load offset=32 (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 48)))
      (br_if $groups (i32.lt_u (local.get $at) (local.get $stop))))
    (f32.min
      (f32.min (f32x4.extract_lane 0 (local.get $least)) (f32x4.extract_lane 1 (local.get $least)))
      (f32.min (f32x4.extract_lane 2 (local.get $least)) (f32x4.extract_lane 3 (local.get $least)))))

  ;; Lists, from $found on, the objects of groups [first, end) whose mu·proximity + nu·similarity may reach $limit.
  ;; $decay: 0 for 1 - t, 1 for exp(-t), 2 for exp(-t²/2), with t = arc · rate. Returns how many.
  (func (export "scan")
    (param $points i32) (param $vectors i32) (param $query i32) (param $queryEnd i32) (param $found i32)
    (param $first i32) (param $end i32) (param $x f32) (param $y f32) (param $z f32)
    (param $mu f32) (param $nu f32) (param $rate f32) (param $decay i32) (param $limit f32) (result i32)
    (local $group i32) (local $at i32) (local $row i32) (local $q i32) (local $out i32) (local $mask i32) (local $lane i32)
    (local $sum v128) (local $d v128) (local $squares v128) (local $t v128) (local $limits v128)
    (local.set $group (local.get $first))
    (local.set $out (local.get $found))
    (local.set $limits (f32x4.splat (local.get $limit)))
    (local.set $row (i32.add (local.get $vectors)
      (i32.mul (local.get $first) (i32.sub (local.get $queryEnd) (local.get $query)))))
    (loop $groups
      (local.set $sum (f32x4.splat (f32.const 0)))
      (local.set $q (local.get $query))
      (loop $entries
        (local.set $sum (f32x4.add (local.get $sum)
          (f32x4.mul (v128.load (local.get $q)) (v128.load (local.get $row)))))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (local.set $q (i32.add (local.get $q) (i32.const 16)))
        (br_if $entries (i32.lt_u (local.get $q) (local.get $queryEnd))))
      (local.set $sum (f32x4.mul (f32x4.splat (local.get $nu)) (local.get $sum)))
      (block $next
        ;; As if all four were here.
        (br_if $next (i32.eqz (v128.any_true (f32x4.ge
          (f32x4.add (f32x4.splat (local.get $mu)) (local.get $sum)) (local.get $limits)))))
        (local.set $at (i32.add (local.get $points) (i32.mul (local.get $group) (i32.const 48))))
        (local.set $d (f32x4.sub (f32x4.splat (local.get $x)) (v128.load (local.get $at))))
        (local.set $squares (f32x4.mul (local.get $d) (local.get $d)))
        (local.set $d (f32x4.sub (f32x4.splat (local.get $y)) (v128.load offset=16 (local.get $at))))
        (local.set $squares (f32x4.add (local.get $squares) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (f32x4.sub (f32x4.splat (local.get $z)) (v128.load offset=32 (local.get $at))))
        (local.set $squares (f32x4.add (local.get $squares) (f32x4.mul (local.get $d) (local.get $d))))
        ;; arc >= chord (1 + chord²/24)
        (local.set $t (f32x4.mul
          (f32x4.mul (f32x4.splat (local.get $rate)) (f32x4.sqrt (local.get $squares)))
          (f32x4.add (f32x4.splat (f32.const 1)) (f32x4.mul (local.get $squares) (f32x4.splat (f32.const 0.0416666))))))
        (if (i32.eq (local.get $decay) (i32.const 0))
          (then
            (local.set $t (f32x4.pmax (f32x4.splat (f32.const 0))
              (f32x4.sub (f32x4.splat (f32.const 1)) (local.get $t)))))
          (else
            (if (i32.eq (local.get $decay) (i32.const 2))
              (then (local.set $t (f32x4.mul (f32x4.splat (f32.const 0.5)) (f32x4.mul (local.get $t) (local.get $t))))))
            ;; exp(-t) <= 1 / (1 + t + t²/2 + t³/6)
            (local.set $t (f32x4.div (f32x4.splat (f32.const 1))
              (f32x4.add (f32x4.splat (f32.const 1)) (f32x4.mul (local.get $t)
                (f32x4.add (f32x4.splat (f32.const 1)) (f32x4.mul (local.get $t)
                  (f32x4.add (f32x4.splat (f32.const 0.5))
                    (f32x4.mul (local.get $t) (f32x4.splat (f32.const 0.1666666))))))))))))
        (local.set $mask (i32x4.bitmask (f32x4.ge
          (f32x4.add (f32x4.mul (f32x4.splat (local.get $mu)) (local.get $t)) (local.get $sum)) (local.get $limits))))
        (br_if $next (i32.eqz (local.get $mask)))
        (local.set $lane (i32.const 0))
        (loop $lanes
          (if (i32.and (i32.shr_u (local.get $mask) (local.get $lane)) (i32.const 1))
            (then
              (i32.store (local.get $out) (i32.add (i32.shl (local.get $group) (i32.const 2)) (local.get $lane)))
              (local.set $out (i32.add (local.get $out) (i32.const 4)))))
          (local.set $lane (i32.add (local.get $lane) (i32.const 1)))
          (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 4)))))
      (local.set $group (i32.add (local.get $group) (i32.const 1)))
      (br_if $groups (i32.lt_u (local.get $group) (local.get $end))))
    (i32.shr_u (i32.sub (local.get $out) (local.get $found)) (i32.const 2))))
`;

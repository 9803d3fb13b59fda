// 2^y for four y in [-126, 0]: y = n + f with |f| <= 1/2, a polynomial for 2^f and n added to the exponent bits.
// The polynomial is the minimax fit of relative error with p(0) = 1, so that 2^0 is exactly 1; in float32 the largest
// relative error is 1.0e-7. Adding 1.5 * 2^23 rounds y to an integer, left in the low bits of the sum.
// @ts-ignore: decorator
@inline
export function exp2Unit(y: v128): v128 {
  const magic = f32x4.splat(12582912);
  const z = f32x4.add(y, magic);
  const f = f32x4.sub(y, f32x4.sub(z, magic));
  let p = f32x4.add(f32x4.mul(f, f32x4.splat(0.00015353361959569156)), f32x4.splat(0.0013398875016719103));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.00961843691766262));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.055503323674201965));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.24022647738456726));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(0.6931471824645996));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1));
  return i32x4.add(p, i32x4.shl(z, 23));
}

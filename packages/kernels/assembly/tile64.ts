// 4 x 4 values of a product in float64: out = or += a b, over `depth` columns of a and rows of b. aRow and aStep are the
// strides of a in bytes, bStep that of b.
// @ts-ignore: decorator
@inline
export function tile64(
  left: usize, aRow: usize, aStep: usize, right: usize, bStep: usize, c0: usize, outRow: usize, depth: i32,
  accumulate: bool,
): void {
  const c1 = c0 + outRow;
  const c2 = c1 + outRow;
  const c3 = c2 + outRow;
  let s00 = f64x2.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (accumulate) {
    s00 = v128.load(c0);
    s01 = v128.load(c0, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  for (let d = 0; d < depth; d++) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    let x = v128.load64_splat(left);
    s00 = f64x2.add(s00, f64x2.mul(x, b0));
    s01 = f64x2.add(s01, f64x2.mul(x, b1));
    x = v128.load64_splat(left + aRow);
    s10 = f64x2.add(s10, f64x2.mul(x, b0));
    s11 = f64x2.add(s11, f64x2.mul(x, b1));
    x = v128.load64_splat(left + 2 * aRow);
    s20 = f64x2.add(s20, f64x2.mul(x, b0));
    s21 = f64x2.add(s21, f64x2.mul(x, b1));
    x = v128.load64_splat(left + 3 * aRow);
    s30 = f64x2.add(s30, f64x2.mul(x, b0));
    s31 = f64x2.add(s31, f64x2.mul(x, b1));
    left += aStep;
    right += bStep;
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

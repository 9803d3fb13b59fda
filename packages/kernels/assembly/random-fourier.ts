import { address, integer } from "./arguments";
import { multiply } from "./gemm";

// Random Fourier features of five radial kernels that share their frequencies: where the widest kernel has the angle a,
// the others have sqrt(2) a, 2 a, 2 sqrt(2) a and 4 a. Cosine and sine of a and sqrt(2) a are computed, the others
// follow by doubling angles. Angles are projections of rows on frequencies, in turns.
//
// Frequencies come twice: in panels [F / 8][K][8] to project on, and as they are, (F, K), to go back by. Per four
// frequencies ten vectors of sums or coefficients lie together: cosine and sine of a, sqrt(2) a, 2 a, 2 sqrt(2) a, 4 a.

const ROWS: i32 = 64;
const FREQUENCIES: i32 = 128; // of one tile, 32 KiB with 64 rows

// sin(pi r) / r and cos(pi r) by powers of r * r, lowest first: minimax on |r| <= 1/2, to 6e-8.
const SINE = memory.data<f32>([
  3.141592502593994, -5.1677069664001465, 2.5500314235687256, -0.5980451703071594, 0.0772201269865036,
]);
const COSINE = memory.data<f32>([
  0.9999999403953552, -4.934792995452881, 4.058412075042725, -1.3318802118301392, 0.2196968048810959,
]);

// @ts-ignore: decorator
@inline
function sine(r: v128, u: v128): v128 {
  let p = f32x4.add(f32x4.mul(u, v128.load_splat<f32>(SINE, 16)), v128.load_splat<f32>(SINE, 12));
  p = f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(SINE, 8));
  p = f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(SINE, 4));
  p = f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(SINE));
  return f32x4.mul(p, r);
}

// @ts-ignore: decorator
@inline
function cosine(u: v128): v128 {
  let p = f32x4.add(f32x4.mul(u, v128.load_splat<f32>(COSINE, 16)), v128.load_splat<f32>(COSINE, 12));
  p = f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(COSINE, 8));
  p = f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(COSINE, 4));
  return f32x4.add(f32x4.mul(p, u), v128.load_splat<f32>(COSINE));
}

// @ts-ignore: decorator
@inline
function doubledCosine(s: v128, one: v128): v128 {
  const square = f32x4.mul(s, s);
  return f32x4.sub(one, f32x4.add(square, square));
}

// @ts-ignore: decorator
@inline
function doubledSine(s: v128, c: v128): v128 {
  const product = f32x4.mul(s, c);
  return f32x4.add(product, product);
}

// sums += v, four float32 lanes to four float64 places.
// @ts-ignore: decorator
@inline
function accumulate(sums: usize, v: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0))), 16);
}

// Adds cosines and sines of a tile (rows, count) to sums, [count / 4][10][4] in float64: float32 within a tile.
function addFeatures(tile: usize, rows: i32, count: i32, sums: usize): void {
  const step = (<usize>count) << 2;
  const one = f32x4.splat(1);
  const root = f32x4.splat(1.4142135623730951);
  for (let f = 0; f < count; f += 4) {
    let at = tile + ((<usize>f) << 2);
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
    let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0;
    for (let i = 0; i < rows; i++) {
      const t = v128.load(at);
      // The polynomials give half of the angle, so that what whole turns do to its sign is squared away.
      let r = f32x4.sub(t, f32x4.nearest(t));
      let u = f32x4.mul(r, r);
      let s = sine(r, u);
      let c = doubledCosine(s, one);
      s = doubledSine(s, cosine(u));
      a0 = f32x4.add(a0, c);
      b0 = f32x4.add(b0, s);
      let d = doubledCosine(s, one);
      s = doubledSine(s, c);
      a2 = f32x4.add(a2, d);
      b2 = f32x4.add(b2, s);
      a4 = f32x4.add(a4, doubledCosine(s, one));
      b4 = f32x4.add(b4, doubledSine(s, d));
      const t2 = f32x4.mul(t, root);
      r = f32x4.sub(t2, f32x4.nearest(t2));
      u = f32x4.mul(r, r);
      s = sine(r, u);
      c = doubledCosine(s, one);
      s = doubledSine(s, cosine(u));
      a1 = f32x4.add(a1, c);
      b1 = f32x4.add(b1, s);
      a3 = f32x4.add(a3, doubledCosine(s, one));
      b3 = f32x4.add(b3, doubledSine(s, c));
      at += step;
    }
    const out = sums + (<usize>(f >> 2)) * 320;
    accumulate(out, a0);
    accumulate(out + 32, b0);
    accumulate(out + 64, a1);
    accumulate(out + 96, b1);
    accumulate(out + 128, a2);
    accumulate(out + 160, b2);
    accumulate(out + 192, a3);
    accumulate(out + 224, b3);
    accumulate(out + 256, a4);
    accumulate(out + 288, b4);
  }
}

// Replaces a tile (rows, count) by the sum of its cosines and sines times `coefficients`, [count / 4][10][4].
function weighFeatures(tile: usize, rows: i32, count: i32, coefficients: usize): void {
  const step = (<usize>count) << 2;
  const one = f32x4.splat(1);
  const root = f32x4.splat(1.4142135623730951);
  for (let f = 0; f < count; f += 4) {
    let at = tile + ((<usize>f) << 2);
    const w = coefficients + (<usize>(f >> 2)) * 160;
    for (let i = 0; i < rows; i++) {
      const t = v128.load(at);
      let r = f32x4.sub(t, f32x4.nearest(t));
      let u = f32x4.mul(r, r);
      let s = sine(r, u);
      let c = doubledCosine(s, one);
      s = doubledSine(s, cosine(u));
      let g = f32x4.add(f32x4.mul(c, v128.load(w)), f32x4.mul(s, v128.load(w, 16)));
      let d = doubledCosine(s, one);
      s = doubledSine(s, c);
      g = f32x4.add(g, f32x4.add(f32x4.mul(d, v128.load(w, 64)), f32x4.mul(s, v128.load(w, 80))));
      const fourth = f32x4.mul(doubledSine(s, d), v128.load(w, 144));
      g = f32x4.add(g, f32x4.add(f32x4.mul(doubledCosine(s, one), v128.load(w, 128)), fourth));
      const t2 = f32x4.mul(t, root);
      r = f32x4.sub(t2, f32x4.nearest(t2));
      u = f32x4.mul(r, r);
      s = sine(r, u);
      c = doubledCosine(s, one);
      s = doubledSine(s, cosine(u));
      g = f32x4.add(g, f32x4.add(f32x4.mul(c, v128.load(w, 32)), f32x4.mul(s, v128.load(w, 48))));
      const second = f32x4.mul(doubledSine(s, c), v128.load(w, 112));
      g = f32x4.add(g, f32x4.add(f32x4.mul(doubledCosine(s, one), v128.load(w, 96)), second));
      v128.store(at, g);
      at += step;
    }
  }
}

// The features of rowsPerTask rows (rows, K). Without `out` their sums go to `sums`, of each task its own; with it,
// out (rows, K) becomes the weighted features times the frequencies.
export function fourierFeatures(task: i32, block: usize): void {
  const x = address(block, 0);
  const panels = address(block, 1);
  const frequencies = address(block, 2);
  const coefficients = address(block, 3); // f32 [F / 4][10][4]
  const out = address(block, 4); // 0 for sums
  const tile = address(block, 6) + <usize>task * <usize>(ROWS * FREQUENCIES * 4);
  const rows = integer(block, 7);
  const cols = integer(block, 8);
  const count = integer(block, 9);
  const rowsPerTask = integer(block, 10);
  const sums = address(block, 5) + <usize>task * <usize>count * 80; // f64 [F / 4][10][4]
  const row = (<usize>cols) << 2;
  const end = min((task + 1) * rowsPerTask, rows);
  if (!out) memory.fill(sums, 0, <usize>count * 80);
  for (let i = task * rowsPerTask; i < end; i += ROWS) {
    const n = min(ROWS, end - i);
    const source = x + <usize>i * row;
    for (let f = 0; f < count; f += FREQUENCIES) {
      const m = min(FREQUENCIES, count - f);
      multiply(source, row, 4, panels + <usize>f * row, 32, row << 3, tile, (<usize>m) << 2, 0, n, m, cols, false);
      if (!out) {
        addFeatures(tile, n, m, sums + <usize>f * 80);
        continue;
      }
      weighFeatures(tile, n, m, coefficients + <usize>f * 40);
      const wave = frequencies + <usize>f * row;
      multiply(tile, (<usize>m) << 2, 4, wave, row, 32, out + <usize>i * row, row, 0, n, cols, m, f > 0);
    }
  }
}

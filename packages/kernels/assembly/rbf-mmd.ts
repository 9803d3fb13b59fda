import { address, integer } from "./arguments";
import { exp2Unit } from "./exp2";

// Rows are cut into blocks of 64, blocks into `groups` runs. Round -1 visits each run with itself; the rounds of a
// round-robin tournament then visit every pair of runs, so that the tasks of one round never write to the same rows.
//
// The table comes scaled so that log2 of the widest kernel is y = x_i.x_j - h_i - h_j with h = x.x / 2, in two layouts:
//   panels  [rows / 8][K][8], for the dot products: four rows i are broadcast against eight rows j
//   strips  [blocks][K / 8][64][8], for the gradient: broadcast coefficients against eight columns
// K is padded to a multiple of 8 and each class to whole
// blocks; padding rows have x = 0, h = Infinity and weight 0, so that their kernel is 2^-126.

const B: i32 = 64;
const TILE: usize = 16384; // 64 x 64 float32
const SCRATCH: usize = 17408; // the tile and 64 vectors of row sums

// tile[i][j] = x_i.x_j - h_i - h_j
function exponents(xi: usize, hi: usize, xj: usize, hj: usize, cols: i32, tile: usize): void {
  const panel = (<usize>cols) << 5;
  for (let jp = 0; jp < 8; jp++) {
    const h0 = v128.load(hj + ((<usize>jp) << 5));
    const h1 = v128.load(hj + ((<usize>jp) << 5), 16);
    const bStart = xj + <usize>jp * panel;
    const bEnd = bStart + panel;
    for (let ig = 0; ig < 16; ig++) {
      let a = xi + (<usize>(ig >> 1)) * panel + ((<usize>(ig & 1)) << 4);
      const h = hi + ((<usize>ig) << 4);
      const s0 = v128.load_splat<f32>(h);
      const s1 = v128.load_splat<f32>(h, 4);
      const s2 = v128.load_splat<f32>(h, 8);
      const s3 = v128.load_splat<f32>(h, 12);
      let c00 = f32x4.neg(f32x4.add(s0, h0));
      let c01 = f32x4.neg(f32x4.add(s0, h1));
      let c10 = f32x4.neg(f32x4.add(s1, h0));
      let c11 = f32x4.neg(f32x4.add(s1, h1));
      let c20 = f32x4.neg(f32x4.add(s2, h0));
      let c21 = f32x4.neg(f32x4.add(s2, h1));
      let c30 = f32x4.neg(f32x4.add(s3, h0));
      let c31 = f32x4.neg(f32x4.add(s3, h1));
      for (let b = bStart; b < bEnd; b += 64) {
        let b0 = v128.load(b);
        let b1 = v128.load(b, 16);
        let s = v128.load_splat<f32>(a);
        c00 = f32x4.add(c00, f32x4.mul(s, b0));
        c01 = f32x4.add(c01, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 4);
        c10 = f32x4.add(c10, f32x4.mul(s, b0));
        c11 = f32x4.add(c11, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 8);
        c20 = f32x4.add(c20, f32x4.mul(s, b0));
        c21 = f32x4.add(c21, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 12);
        c30 = f32x4.add(c30, f32x4.mul(s, b0));
        c31 = f32x4.add(c31, f32x4.mul(s, b1));
        b0 = v128.load(b, 32);
        b1 = v128.load(b, 48);
        s = v128.load_splat<f32>(a, 32);
        c00 = f32x4.add(c00, f32x4.mul(s, b0));
        c01 = f32x4.add(c01, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 36);
        c10 = f32x4.add(c10, f32x4.mul(s, b0));
        c11 = f32x4.add(c11, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 40);
        c20 = f32x4.add(c20, f32x4.mul(s, b0));
        c21 = f32x4.add(c21, f32x4.mul(s, b1));
        s = v128.load_splat<f32>(a, 44);
        c30 = f32x4.add(c30, f32x4.mul(s, b0));
        c31 = f32x4.add(c31, f32x4.mul(s, b1));
        a += 64;
      }
      const out = tile + ((<usize>ig) << 10) + ((<usize>jp) << 5);
      v128.store(out, c00);
      v128.store(out, c01, 16);
      v128.store(out, c10, 256);
      v128.store(out, c11, 272);
      v128.store(out, c20, 512);
      v128.store(out, c21, 528);
      v128.store(out, c30, 768);
      v128.store(out, c31, 784);
    }
  }
}

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    <f64>f32x4.extract_lane(v, 2) +
    <f64>f32x4.extract_lane(v, 3)
  );
}

// Turns exponents into kernel sums; with a gradient, leaves the coefficients
// scale * w_i * w_j * (t/4 + t^2/2 + t^4 + 2 t^8 + 4 t^16) in the tile and adds their row and column sums.
// Adds factor * sum w_i w_j k_ij to sums[0] and factor * sum k_ij to sums[1], in float64 after each 64 float32 terms.
// @ts-ignore: decorator
@inline
function kernels(
  tile: usize, rowSums: usize, wi: usize, wj: usize, ci: usize, cj: usize,
  blockWeight: f64, scale: f32, factor: f64, sums: usize, gradient: bool, diagonal: bool,
): void {
  let value: f64 = 0;
  let total: f64 = 0;
  if (gradient) memory.fill(rowSums, 0, 1024);
  const lowest = f32x4.splat(-126);
  const zero = f32x4.splat(0);
  const scales = f32x4.splat(scale);
  for (let j: usize = 0; j < 256; j += 16) {
    const wj0 = v128.load(wj + j);
    let v0 = zero;
    let k0 = zero;
    let g0 = zero;
    let at = tile + j;
    for (let i: usize = 0; i < 256; i += 4) {
      const y = f32x4.pmin(f32x4.pmax(v128.load(at), lowest), zero);
      const t1 = exp2Unit(y);
      const t2 = f32x4.mul(t1, t1);
      const t4 = f32x4.mul(t2, t2);
      const t8 = f32x4.mul(t4, t4);
      const t16 = f32x4.mul(t8, t8);
      const k = f32x4.add(f32x4.add(f32x4.add(t16, t8), f32x4.add(t4, t2)), t1);
      const w = f32x4.mul(v128.load_splat<f32>(wi + i), wj0);
      v0 = f32x4.add(v0, f32x4.mul(w, k));
      k0 = f32x4.add(k0, k);
      if (gradient) {
        const q = f32x4.add(
          f32x4.add(f32x4.mul(t16, f32x4.splat(4)), f32x4.mul(t8, f32x4.splat(2))),
          f32x4.add(t4, f32x4.add(f32x4.mul(t2, f32x4.splat(0.5)), f32x4.mul(t1, f32x4.splat(0.25)))),
        );
        const c = f32x4.mul(f32x4.mul(q, scales), w);
        v128.store(at, c);
        g0 = f32x4.add(g0, c);
        v128.store(rowSums + (i << 2), f32x4.add(v128.load(rowSums + (i << 2)), c));
      }
      at += 256;
    }
    value += sumOfLanes(v0);
    total += sumOfLanes(k0);
    // On the diagonal the tile is symmetric and its row sums are all there is to add.
    if (gradient && !diagonal) v128.store(cj + j, f32x4.add(v128.load(cj + j), g0));
  }
  store<f64>(sums, load<f64>(sums) + factor * blockWeight * value);
  store<f64>(sums, load<f64>(sums, 8) + factor * total, 8);
  if (gradient) {
    for (let i: usize = 0; i < 256; i += 4) {
      store<f32>(ci + i, load<f32>(ci + i) + <f32>sumOfLanes(v128.load(rowSums + (i << 2))));
    }
  }
}

// g[i] += sum_j tile[i][j] x_j over one block, both in strips; `across` and `along` are the tile's strides of i and j.
// @ts-ignore: decorator
@inline
function gather(tile: usize, x: usize, g: usize, strips: i32, across: usize, along: usize): void {
  for (let s = 0; s < strips; s++) {
    const from = x + ((<usize>s) << 11);
    const end = from + 2048;
    for (let i: usize = 0; i < 64; i += 4) {
      let a = tile + i * across;
      let c00 = f32x4.splat(0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      for (let b = from; b < end; b += 64) {
        let b0 = v128.load(b);
        let b1 = v128.load(b, 16);
        let v = v128.load_splat<f32>(a);
        c00 = f32x4.add(c00, f32x4.mul(v, b0));
        c01 = f32x4.add(c01, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + across);
        c10 = f32x4.add(c10, f32x4.mul(v, b0));
        c11 = f32x4.add(c11, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + 2 * across);
        c20 = f32x4.add(c20, f32x4.mul(v, b0));
        c21 = f32x4.add(c21, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + 3 * across);
        c30 = f32x4.add(c30, f32x4.mul(v, b0));
        c31 = f32x4.add(c31, f32x4.mul(v, b1));
        b0 = v128.load(b, 32);
        b1 = v128.load(b, 48);
        v = v128.load_splat<f32>(a + along);
        c00 = f32x4.add(c00, f32x4.mul(v, b0));
        c01 = f32x4.add(c01, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + along + across);
        c10 = f32x4.add(c10, f32x4.mul(v, b0));
        c11 = f32x4.add(c11, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + along + 2 * across);
        c20 = f32x4.add(c20, f32x4.mul(v, b0));
        c21 = f32x4.add(c21, f32x4.mul(v, b1));
        v = v128.load_splat<f32>(a + along + 3 * across);
        c30 = f32x4.add(c30, f32x4.mul(v, b0));
        c31 = f32x4.add(c31, f32x4.mul(v, b1));
        a += 2 * along;
      }
      const out = g + ((<usize>s) << 11) + (i << 5);
      v128.store(out, f32x4.add(v128.load(out), c00));
      v128.store(out, f32x4.add(v128.load(out, 16), c01), 16);
      v128.store(out, f32x4.add(v128.load(out, 32), c10), 32);
      v128.store(out, f32x4.add(v128.load(out, 48), c11), 48);
      v128.store(out, f32x4.add(v128.load(out, 64), c20), 64);
      v128.store(out, f32x4.add(v128.load(out, 80), c21), 80);
      v128.store(out, f32x4.add(v128.load(out, 96), c30), 96);
      v128.store(out, f32x4.add(v128.load(out, 112), c31), 112);
    }
  }
}

function gatherRows(tile: usize, x: usize, g: usize, strips: i32): void {
  gather(tile, x, g, strips, 256, 4);
}

function gatherColumns(tile: usize, x: usize, g: usize, strips: i32): void {
  gather(tile, x, g, strips, 4, 256);
}

function kernelsOnly(tile: usize, wi: usize, wj: usize, blockWeight: f64, factor: f64, sums: usize): void {
  kernels(tile, 0, wi, wj, 0, 0, blockWeight, 1, factor, sums, false, false);
}

function kernelsAndCoefficients(
  tile: usize, rowSums: usize, wi: usize, wj: usize, ci: usize, cj: usize, blockWeight: f64, scale: f32, sums: usize,
): void {
  kernels(tile, rowSums, wi, wj, ci, cj, blockWeight, scale, 2, sums, true, false);
}

function kernelsAndCoefficientsDiagonal(
  tile: usize, rowSums: usize, wi: usize, ci: usize, blockWeight: f64, scale: f32, sums: usize,
): void {
  kernels(tile, rowSums, wi, wi, ci, 0, blockWeight, scale, 1, sums, true, true);
}

export function rbfMmd(task: i32, block: usize): void {
  const panels = address(block, 0);
  const strips = address(block, 1); // 0 without a gradient
  const norms = address(block, 2);
  const weights = address(block, 3);
  const blockWeights = address(block, 4); // f64 (blocks)
  const g = address(block, 5);
  const c = address(block, 6);
  const sums = address(block, 7); // f64 pairs, one a task of a round
  const scratch = address(block, 8);
  const cols = integer(block, 9);
  const blocks = integer(block, 10);
  const groups = integer(block, 11);
  const round = integer(block, 12);

  let first = task;
  let second = task;
  if (round >= 0) {
    const others = groups - 1;
    first = task === 0 ? others : (round + task) % others;
    second = task === 0 ? round : (round + others - task) % others;
  }
  const i0 = <i32>(((<i64>first) * blocks) / groups);
  const i1 = <i32>(((<i64>(first + 1)) * blocks) / groups);
  const j0 = <i32>(((<i64>second) * blocks) / groups);
  const j1 = <i32>(((<i64>(second + 1)) * blocks) / groups);
  const tile = scratch + <usize>task * SCRATCH;
  const rowSums = tile + TILE;
  const out = sums + ((<usize>task) << 4);
  const size = ((<usize>cols) << 8); // bytes of a block of 64 rows
  const count = cols >> 3;
  store<f64>(out, 0);
  store<f64>(out, 0, 8);

  for (let i = i0; i < i1; i++) {
    const xi = panels + <usize>i * size;
    const hi = norms + ((<usize>i) << 8);
    const wi = weights + ((<usize>i) << 8);
    for (let j = round >= 0 ? j0 : i; j < j1; j++) {
      const hj = norms + ((<usize>j) << 8);
      const wj = weights + ((<usize>j) << 8);
      const blockWeight = load<f64>(blockWeights + ((<usize>i) << 3)) * load<f64>(blockWeights + ((<usize>j) << 3));
      exponents(xi, hi, panels + <usize>j * size, hj, cols, tile);
      if (i === j) {
        // The host adds the diagonal, where the kernel is exactly 5.
        for (let r: usize = 0; r < 64; r++) store<f32>(tile + r * 260, -Infinity);
      }
      if (!strips) {
        kernelsOnly(tile, wi, wj, blockWeight, i === j ? 1 : 2, out);
        continue;
      }
      const si = strips + <usize>i * size;
      const gi = g + <usize>i * size;
      const ci = c + ((<usize>i) << 8);
      if (i === j) {
        kernelsAndCoefficientsDiagonal(tile, rowSums, wi, ci, blockWeight, <f32>blockWeight, out);
        gatherRows(tile, si, gi, count);
      } else {
        kernelsAndCoefficients(tile, rowSums, wi, wj, ci, c + ((<usize>j) << 8), blockWeight, <f32>blockWeight, out);
        gatherRows(tile, strips + <usize>j * size, gi, count);
        gatherColumns(tile, si, g + <usize>j * size, count);
      }
    }
  }
}

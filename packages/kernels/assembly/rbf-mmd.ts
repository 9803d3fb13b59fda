import { address, integer } from "./arguments";

// Rows are cut into blocks of 64, blocks into `groups` runs. Round -1 visits each run with itself; the rounds of a
// round-robin tournament then visit every pair of runs, so that the tasks of one round never write to the same rows.
//
// The table comes scaled so that log2 of the widest kernel is y = x_i.x_j - h_i - h_j with h = x.x / 2, in two layouts:
//   panels  [rows / 8][K][8], for the dot products: four rows i are broadcast against eight rows j
//   strips  [blocks][K / 8][64][8], for the gradient: broadcast coefficients against eight columns
// K is padded to a multiple of 8 and each class to whole
// blocks; padding rows have x = 0 and h = Infinity, so that their kernel is 2^-60.

const ROW: usize = 256; // 64 float32
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
      for (let b = bStart; b < bEnd; b += 32) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
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
        a += 32;
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

// Adds four float32 lanes to two float64 ones.
// @ts-ignore: decorator
@inline
function addedLanes(sum: v128, v: v128): v128 {
  return f64x2.add(
    f64x2.add(sum, f64x2.promote_low_f32x4(v)),
    f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 0)),
  );
}

// Vector constants inside a loop are rebuilt from integers on every pass, with three instructions each; values loaded
// before the loop stay in registers or on the stack. In order: the lowest exponent and its power of two, 1.5 * 2^23,
// and the polynomial for 2^f on |f| <= 1/2 (the minimax fit of relative error with constant term 1), highest power
// first. The floor of 2^-60 under t and what is squared keeps results out of the subnormal range, where each costs
// more than a hundred instructions.
const CONSTANTS = memory.data<f32>([
  -60, 8.673617379884035e-19, 12582912, 0.00015353361959569156, 0.0013398875016719103, 0.00961843691766262,
  0.055503323674201965, 0.24022647738456726, 0.6931471824645996, 1,
]);

// Turns exponents into kernel sums; with a gradient, leaves the coefficients
// scale * w_i * w_j * (t + 2 t^2 + 4 t^4 + 8 t^8 + 16 t^16) in the tile and adds their row and column sums.
// Adds pairs * sum w_i w_j k_ij to sums[0] and pairs * sum k_ij to sums[1], in float64 after each 16 float32 terms.
// Without `weighted`, w is 1 in both blocks. `scale` carries the weights of the blocks for the gradient, and
// blockWeight for the value.
// @ts-ignore: decorator
@inline
function kernels(
  tile: usize, rowSums: usize, wi: usize, wj: usize, ci: usize, cj: usize,
  blockWeight: f64, scale: f32, pairs: f64, sums: usize, gradient: bool, weighted: bool,
): void {
  let value = f64x2.splat(0);
  let total = f64x2.splat(0);
  if (gradient) memory.fill(rowSums, 0, 1024);
  const zero = f32x4.splat(0);
  const lowest = v128.load_splat<f32>(CONSTANTS);
  const least = v128.load_splat<f32>(CONSTANTS, 4);
  const magic = v128.load_splat<f32>(CONSTANTS, 8);
  const p6 = v128.load_splat<f32>(CONSTANTS, 12);
  const p5 = v128.load_splat<f32>(CONSTANTS, 16);
  const p4 = v128.load_splat<f32>(CONSTANTS, 20);
  const p3 = v128.load_splat<f32>(CONSTANTS, 24);
  const p2 = v128.load_splat<f32>(CONSTANTS, 28);
  const p1 = v128.load_splat<f32>(CONSTANTS, 32);
  const p0 = v128.load_splat<f32>(CONSTANTS, 36);
  const scales = f32x4.splat(scale);
  for (let j: usize = 0; j < 256; j += 16) {
    let v = zero;
    let n = zero;
    let g = zero;
    let at = tile + j;
    for (let i: usize = 0; i < 256; i += 4) {
      if ((i & 63) === 0) {
        total = addedLanes(total, n);
        n = zero;
        if (weighted) {
          value = addedLanes(value, v);
          v = zero;
        }
      }
      // 2^y: the sum with 1.5 * 2^23 holds y rounded to an integer in its low bits, for the exponent of the result.
      const y = f32x4.pmax(v128.load(at), lowest);
      const z = f32x4.add(y, magic);
      const f = f32x4.sub(y, f32x4.sub(z, magic));
      let p = f32x4.add(f32x4.mul(f, p6), p5);
      p = f32x4.add(f32x4.mul(p, f), p4);
      p = f32x4.add(f32x4.mul(p, f), p3);
      p = f32x4.add(f32x4.mul(p, f), p2);
      p = f32x4.add(f32x4.mul(p, f), p1);
      p = f32x4.add(f32x4.mul(p, f), p0);
      const t1 = i32x4.add(p, i32x4.shl(z, 23));
      const t2 = f32x4.mul(t1, t1);
      const u2 = f32x4.pmax(t2, least);
      const t4 = f32x4.mul(u2, u2);
      const u4 = f32x4.pmax(t4, least);
      const t8 = f32x4.mul(u4, u4);
      const u8 = f32x4.pmax(t8, least);
      const t16 = f32x4.mul(u8, u8);
      const k = f32x4.add(f32x4.add(f32x4.add(f32x4.add(t16, t8), t4), t2), t1);
      n = f32x4.add(n, k);
      let w = scales;
      if (weighted) {
        const ww = f32x4.mul(v128.load_splat<f32>(wi + i), v128.load(wj + j));
        v = f32x4.add(v, f32x4.mul(ww, k));
        if (gradient) w = f32x4.mul(ww, scales);
      }
      if (gradient) {
        let q = f32x4.add(f32x4.add(t16, t16), t8);
        q = f32x4.add(f32x4.add(q, q), t4);
        q = f32x4.add(f32x4.add(q, q), t2);
        q = f32x4.add(f32x4.add(q, q), t1);
        const c = f32x4.mul(q, w);
        v128.store(at, c);
        g = f32x4.add(g, c);
        v128.store(rowSums + (i << 2), f32x4.add(v128.load(rowSums + (i << 2)), c));
      }
      at += 256;
    }
    total = addedLanes(total, n);
    if (weighted) value = addedLanes(value, v);
    if (gradient && cj) v128.store(cj + j, f32x4.add(v128.load(cj + j), g));
  }
  const k = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  const wk = weighted ? f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1) : k;
  store<f64>(sums, load<f64>(sums) + pairs * blockWeight * wk);
  store<f64>(sums, load<f64>(sums, 8) + pairs * k, 8);
  if (gradient) {
    for (let i: usize = 0; i < 256; i += 4) {
      store<f32>(ci + i, load<f32>(ci + i) + <f32>sumOfLanes(v128.load(rowSums + (i << 2))));
    }
  }
}

function kernelSums(tile: usize, blockWeight: f64, pairs: f64, sums: usize): void {
  kernels(tile, 0, 0, 0, 0, 0, blockWeight, 1, pairs, sums, false, false);
}

function weightedKernelSums(tile: usize, wi: usize, wj: usize, blockWeight: f64, pairs: f64, sums: usize): void {
  kernels(tile, 0, wi, wj, 0, 0, blockWeight, 1, pairs, sums, false, true);
}

function coefficients(
  tile: usize, rowSums: usize, ci: usize, cj: usize, blockWeight: f64, scale: f32, pairs: f64, sums: usize,
): void {
  kernels(tile, rowSums, 0, 0, ci, cj, blockWeight, scale, pairs, sums, true, false);
}

function weightedCoefficients(
  tile: usize, rowSums: usize, wi: usize, wj: usize, ci: usize, cj: usize, blockWeight: f64, scale: f32, pairs: f64,
  sums: usize,
): void {
  kernels(tile, rowSums, wi, wj, ci, cj, blockWeight, scale, pairs, sums, true, true);
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
      for (let b = from; b < end; b += 32) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
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
        a += along;
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

export function rbfMmd(task: i32, block: usize): void {
  const panels = address(block, 0);
  const strips = address(block, 1); // 0 without a gradient
  const norms = address(block, 2);
  const weights = address(block, 3); // 0 where all rows of a block weigh the same
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
    const hi = norms + <usize>i * ROW;
    for (let j = round >= 0 ? j0 : i; j < j1; j++) {
      const hj = norms + <usize>j * ROW;
      const blockWeight = load<f64>(blockWeights + ((<usize>i) << 3)) * load<f64>(blockWeights + ((<usize>j) << 3));
      exponents(xi, hi, panels + <usize>j * size, hj, cols, tile);
      if (i === j) {
        // The host adds the diagonal, where the kernel is exactly 5.
        for (let r: usize = 0; r < 64; r++) store<f32>(tile + r * 260, -Infinity);
      }
      const pairs: f64 = i === j ? 1 : 2;
      if (!strips) {
        if (weights) {
          weightedKernelSums(tile, weights + <usize>i * ROW, weights + <usize>j * ROW, blockWeight, pairs, out);
        } else kernelSums(tile, blockWeight, pairs, out);
        continue;
      }
      const si = strips + <usize>i * size;
      const gi = g + <usize>i * size;
      const ci = c + <usize>i * ROW;
      // A tile on the diagonal is symmetric: its rows alone are all there is to add.
      const cj = i === j ? 0 : c + <usize>j * ROW;
      if (weights) {
        weightedCoefficients(
          tile, rowSums, weights + <usize>i * ROW, weights + <usize>j * ROW, ci, cj, blockWeight, <f32>blockWeight,
          pairs, out,
        );
      } else coefficients(tile, rowSums, ci, cj, blockWeight, <f32>blockWeight, pairs, out);
      gatherRows(tile, strips + <usize>j * size, gi, count);
      if (i !== j) gatherColumns(tile, si, g + <usize>j * size, count);
    }
  }
}

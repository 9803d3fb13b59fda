import { address, integer, real } from "./arguments";
import { tile64 } from "./tile64";

// Dense products in float64, and what Gaussian kernels make of them. Rows and columns are padded to multiples of 4 by
// the host; b lies in panels of 4 columns, each (depth, 4) without gaps.

// Depth of one pass over a tile: 256 x 4 values of b (8 KiB) stay in the first-level cache while rows go by.
const depthBlock: i32 = 256;

// Rows firstRow .. of out (rows, cols) = a b; aRow and aStep are the strides of a in bytes.
export function product64(task: i32, block: usize): void {
  const a = address(block, 0);
  const b = address(block, 1);
  const rows = integer(block, 3);
  const cols = integer(block, 4);
  const depth = integer(block, 5);
  const aRow = address(block, 6);
  const aStep = address(block, 7);
  const rowsPerTask = integer(block, 8);
  const outRow = (<usize>cols) << 3;
  const out = address(block, 2);
  const firstRow = task * rowsPerTask;
  const endRow = min(firstRow + rowsPerTask, rows);
  const panel = (<usize>depth) << 5;
  for (let d: i32 = 0; d < depth || d == 0; d += depthBlock) {
    const n = max(min(depthBlock, depth - d), 0);
    const left = a + <usize>d * aStep;
    for (let j = 0; j < cols; j += 4) {
      const right = b + (<usize>j >> 2) * panel + ((<usize>d) << 5);
      const target = out + ((<usize>j) << 3);
      for (let i = firstRow; i < endRow; i += 4) {
        tile64(left + <usize>i * aRow, aRow, aStep, right, 32, target + <usize>i * outRow, outRow, n, d > 0);
      }
    }
  }
}

// 1.5 * 2^52, log2(e), ln 2 in two parts (the first with 32 bits, so that whole multiples are exact), then 1/n! from 12
// down to 0: on |f| <= ln(2)/2 what is left out is below 2e-16.
const CONSTANTS = memory.data<f64>([
  6755399441055744, 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10,
  2.08767569878681e-9, 2.505210838544172e-8, 2.755731922398589e-7, 2.7557319223985893e-6, 2.48015873015873e-5,
  1.984126984126984e-4, 1.388888888888889e-3, 8.333333333333333e-3, 4.1666666666666664e-2, 0.16666666666666666,
  0.5, 1, 1,
]);

// out (rows, cols) of products x_i y_j becomes exp(-gamma max(0, x_i^2 + y_j^2 - 2 x_i y_j)); xx and yy hold the
// squares. The exponent ends at -700, where the result is far below the smallest float32.
export function gaussian64(task: i32, block: usize): void {
  const out = address(block, 0);
  const xx = address(block, 1);
  const yy = address(block, 2);
  const rows = integer(block, 3);
  const cols = integer(block, 4);
  const rowsPerTask = integer(block, 5);
  const gamma = f64x2.splat(-real(block, 6));
  const two = f64x2.splat(2);
  const zero = f64x2.splat(0);
  const lowest = f64x2.splat(-700);
  const magic = v128.load_splat<f64>(CONSTANTS);
  const log2e = v128.load_splat<f64>(CONSTANTS, 8);
  const high = v128.load_splat<f64>(CONSTANTS, 16);
  const low = v128.load_splat<f64>(CONSTANTS, 24);
  const endRow = min((task + 1) * rowsPerTask, rows);
  for (let i = task * rowsPerTask; i < endRow; i++) {
    const square = v128.load_splat<f64>(xx + ((<usize>i) << 3));
    let at = out + (<usize>i * <usize>cols << 3);
    for (let j = 0; j < cols; j += 2) {
      const apart = f64x2.sub(f64x2.add(square, v128.load(yy + ((<usize>j) << 3))), f64x2.mul(two, v128.load(at)));
      const y = f64x2.pmax(f64x2.mul(gamma, f64x2.pmax(apart, zero)), lowest);
      const z = f64x2.add(f64x2.mul(y, log2e), magic);
      const k = f64x2.sub(z, magic);
      const f = f64x2.sub(f64x2.sub(y, f64x2.mul(k, high)), f64x2.mul(k, low));
      let p = v128.load_splat<f64>(CONSTANTS, 32);
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 40));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 48));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 56));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 64));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 72));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 80));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 88));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 96));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 104));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 112));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 120));
      p = f64x2.add(f64x2.mul(p, f), v128.load_splat<f64>(CONSTANTS, 128));
      v128.store(at, i64x2.add(p, i64x2.shl(z, 52)));
      at += 16;
    }
  }
}

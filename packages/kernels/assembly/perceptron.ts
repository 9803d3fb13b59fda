import { address, integer } from "./arguments";
import { multiply } from "./gemm";

// The hidden layer of a perceptron: what is done with each product follows while its rows are in the first-level cache.

// units (n, H) = features (n, K) times weights (K, H), rectified; where there is one output, out (n, 1) = units times
// output (1, H). One task is a run of rowsPerTask rows.
export function perceptronForward(task: i32, block: usize): void {
  const features = address(block, 0);
  const weights = address(block, 1);
  const units = address(block, 2);
  const output = address(block, 3);
  const out = address(block, 4);
  const rows = integer(block, 5);
  const inputs = integer(block, 6);
  const hidden = integer(block, 7);
  const outputs = integer(block, 8);
  const first = task * integer(block, 9);
  const end = min(first + integer(block, 9), rows);
  const width = (<usize>hidden) << 2;
  const depth = (<usize>inputs) << 2;
  multiply(features, depth, 4, weights, width, 32, units, width, first, end, hidden, inputs, false);
  // The rectifier on the bits of the floats: a negative one has all bits cleared.
  let at = units + <usize>first * width;
  const last = units + <usize>end * width;
  for (; at + 16 <= last; at += 16) {
    const bits = v128.load(at);
    v128.store(at, v128.andnot(bits, i32x4.shr_s(bits, 31)));
  }
  for (; at < last; at += 4) {
    const bits = load<i32>(at);
    store<i32>(at, bits & ~(bits >> 31));
  }
  if (outputs == 1) multiply(units, width, 4, output, 4, 32, out, 4, first, end, 1, hidden, false);
}

// unitGradient (n, H) = out (n, O) times output (O, H) where a unit is not zero, else zero. One task is a run of rows.
export function perceptronBackward(task: i32, block: usize): void {
  const out = address(block, 0);
  const output = address(block, 1);
  const units = address(block, 2);
  const unitGradient = address(block, 3);
  const rows = integer(block, 4);
  const hidden = integer(block, 5);
  const outputs = integer(block, 6);
  const first = task * integer(block, 7);
  const end = min(first + integer(block, 7), rows);
  const width = (<usize>hidden) << 2;
  const outRow = (<usize>outputs) << 2;
  if (outputs > 1) multiply(out, outRow, 4, output, width, 32, unitGradient, width, first, end, hidden, outputs, false);
  for (let i = first; i < end; i++) {
    const slope = load<f32>(out + <usize>i * outRow);
    const unit = units + <usize>i * width;
    const gradient = unitGradient + <usize>i * width;
    let k: usize = 0;
    for (; k + 16 <= width; k += 16) {
      const all = outputs > 1 ? v128.load(gradient + k) : f32x4.mul(f32x4.splat(slope), v128.load(output + k));
      v128.store(gradient + k, v128.andnot(all, i32x4.eq(v128.load(unit + k), i32x4.splat(0))));
    }
    for (; k < width; k += 4) {
      const all = outputs > 1 ? load<f32>(gradient + k) : slope * load<f32>(output + k);
      store<f32>(gradient + k, load<i32>(unit + k) == 0 ? 0 : all);
    }
  }
}

// Gradients of the weights: of the hidden layer (K, H) = features' (n, K) times unitGradient (n, H), a run of
// rowsPerTask rows a task, and in the last task of the output (O, H) = out' (n, O) times units (n, H).
export function perceptronGradients(task: i32, block: usize): void {
  const features = address(block, 0);
  const unitGradient = address(block, 1);
  const weights = address(block, 2);
  const out = address(block, 3);
  const units = address(block, 4);
  const output = address(block, 5);
  const rows = integer(block, 6);
  const inputs = integer(block, 7);
  const hidden = integer(block, 8);
  const outputs = integer(block, 9);
  const first = task * integer(block, 10);
  const width = (<usize>hidden) << 2;
  if (first < inputs) {
    const end = min(first + integer(block, 10), inputs);
    const depth = (<usize>inputs) << 2;
    multiply(features, 4, depth, unitGradient, width, 32, weights, width, first, end, hidden, rows, false);
  } else if (outputs > 1) {
    const step = (<usize>outputs) << 2;
    multiply(out, 4, step, units, width, 32, output, width, 0, outputs, hidden, rows, false);
  } else {
    weightedSum(out, units, output, rows, hidden);
  }
}

// output (H) = the sum of rows of units (n, H) times out (n), in their order.
function weightedSum(out: usize, units: usize, output: usize, rows: i32, hidden: i32): void {
  const width = (<usize>hidden) << 2;
  let k: usize = 0;
  for (; k + 64 <= width; k += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let unit = units + k;
    for (let i: i32 = 0; i < rows; i++) {
      const weight = v128.load32_splat(out + ((<usize>i) << 2));
      s0 = f32x4.add(s0, f32x4.mul(weight, v128.load(unit)));
      s1 = f32x4.add(s1, f32x4.mul(weight, v128.load(unit, 16)));
      s2 = f32x4.add(s2, f32x4.mul(weight, v128.load(unit, 32)));
      s3 = f32x4.add(s3, f32x4.mul(weight, v128.load(unit, 48)));
      unit += width;
    }
    v128.store(output + k, s0);
    v128.store(output + k, s1, 16);
    v128.store(output + k, s2, 32);
    v128.store(output + k, s3, 48);
  }
  for (; k < width; k += 4) {
    let sum: f32 = 0;
    for (let i: i32 = 0; i < rows; i++) {
      sum += load<f32>(out + ((<usize>i) << 2)) * load<f32>(units + <usize>i * width + k);
    }
    store<f32>(output + k, sum);
  }
}

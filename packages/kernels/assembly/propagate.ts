import { address, integer } from "./arguments";

// out[i] = sum over the entries p of row i of values[p] * x[indices[p]]; one task is a run of rowsPerTask rows.
export function propagate(task: i32, block: usize): void {
  const indptr = address(block, 0);
  const indices = address(block, 1);
  const values = address(block, 2); // 0 where every entry is 1
  const x = address(block, 3);
  const out = address(block, 4);
  const rows = integer(block, 5);
  const cols = integer(block, 6);
  const rowsPerTask = integer(block, 7);
  const first = task * rowsPerTask;
  const last = min(first + rowsPerTask, rows);
  const stride = (<usize>cols) << 2;
  for (let i = first; i < last; i++) {
    const from = load<i32>(indptr + ((<usize>i) << 2));
    const to = load<i32>(indptr + ((<usize>(i + 1)) << 2));
    const target = out + <usize>i * stride;
    let k: i32 = 0;
    for (; k + 16 <= cols; k += 16) {
      const offset = (<usize>k) << 2;
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      for (let p = from; p < to; p++) {
        const source = x + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride + offset;
        const value = f32x4.splat(values ? load<f32>(values + ((<usize>p) << 2)) : 1);
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(source)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(source, 16)));
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(source, 32)));
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(source, 48)));
      }
      v128.store(target + offset, s0);
      v128.store(target + offset, s1, 16);
      v128.store(target + offset, s2, 32);
      v128.store(target + offset, s3, 48);
    }
    for (; k + 4 <= cols; k += 4) {
      const offset = (<usize>k) << 2;
      let s = f32x4.splat(0);
      for (let p = from; p < to; p++) {
        const source = x + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride + offset;
        const value = f32x4.splat(values ? load<f32>(values + ((<usize>p) << 2)) : 1);
        s = f32x4.add(s, f32x4.mul(value, v128.load(source)));
      }
      v128.store(target + offset, s);
    }
    for (; k < cols; k++) {
      const offset = (<usize>k) << 2;
      let s: f32 = 0;
      for (let p = from; p < to; p++) {
        const value: f32 = values ? load<f32>(values + ((<usize>p) << 2)) : 1;
        s += value * load<f32>(x + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride + offset);
      }
      store<f32>(target + offset, s);
    }
  }
}

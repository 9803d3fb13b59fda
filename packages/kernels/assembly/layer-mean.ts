import { address, integer, real } from "./arguments";

// One layer of the mean over layers by Horner's rule: z = x + S A S z with S = degree^(-1/2). Tables between layers
// hold S z, so that a neighbour is one plain row; `last` stores z times its own factor instead. Without `w` only
// out = S x is computed. One task is a run of rowsPerTask rows.
export function layerMean(task: i32, block: usize): void {
  const indptr = address(block, 0);
  const indices = address(block, 1);
  const w = address(block, 2); // 0 at the start
  const x = address(block, 3);
  const out = address(block, 4);
  const rows = integer(block, 5);
  const cols = integer(block, 6);
  const rowsPerTask = integer(block, 7);
  const last = integer(block, 8) != 0;
  const share = <f32>real(block, 9); // 1 / (layers + 1)
  const first = task * rowsPerTask;
  const end = min(first + rowsPerTask, rows);
  const stride = (<usize>cols) << 2;
  for (let i = first; i < end; i++) {
    const from = load<i32>(indptr + ((<usize>i) << 2));
    const to = w ? load<i32>(indptr + ((<usize>i) << 2), 4) : from;
    const degree = load<i32>(indptr + ((<usize>i) << 2), 4) - from;
    const scale: f32 = degree > 0 ? 1 / sqrt<f32>(<f32>degree) : 0;
    const factor: f32 = last ? share : scale;
    const own = x + <usize>i * stride;
    const target = out + <usize>i * stride;
    let k: i32 = 0;
    for (; k + 16 <= cols; k += 16) {
      const offset = (<usize>k) << 2;
      const base = w + offset;
      // Even and odd neighbours are summed apart: two chains of additions hide each other's latency.
      let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      let p = from;
      for (; p + 2 <= to; p += 2) {
        const even = base + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride;
        const odd = base + <usize>load<i32>(indices + ((<usize>p) << 2), 4) * stride;
        a0 = f32x4.add(a0, v128.load(even));
        b0 = f32x4.add(b0, v128.load(odd));
        a1 = f32x4.add(a1, v128.load(even, 16));
        b1 = f32x4.add(b1, v128.load(odd, 16));
        a2 = f32x4.add(a2, v128.load(even, 32));
        b2 = f32x4.add(b2, v128.load(odd, 32));
        a3 = f32x4.add(a3, v128.load(even, 48));
        b3 = f32x4.add(b3, v128.load(odd, 48));
      }
      if (p < to) {
        const even = base + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride;
        a0 = f32x4.add(a0, v128.load(even));
        a1 = f32x4.add(a1, v128.load(even, 16));
        a2 = f32x4.add(a2, v128.load(even, 32));
        a3 = f32x4.add(a3, v128.load(even, 48));
      }
      const s = f32x4.splat(scale);
      const f = f32x4.splat(factor);
      const xk = own + offset;
      const yk = target + offset;
      v128.store(yk, f32x4.mul(f, f32x4.add(v128.load(xk), f32x4.mul(s, f32x4.add(a0, b0)))));
      v128.store(yk, f32x4.mul(f, f32x4.add(v128.load(xk, 16), f32x4.mul(s, f32x4.add(a1, b1)))), 16);
      v128.store(yk, f32x4.mul(f, f32x4.add(v128.load(xk, 32), f32x4.mul(s, f32x4.add(a2, b2)))), 32);
      v128.store(yk, f32x4.mul(f, f32x4.add(v128.load(xk, 48), f32x4.mul(s, f32x4.add(a3, b3)))), 48);
    }
    for (; k + 4 <= cols; k += 4) {
      const offset = (<usize>k) << 2;
      let a = f32x4.splat(0);
      for (let p = from; p < to; p++) {
        a = f32x4.add(a, v128.load(w + offset + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride));
      }
      v128.store(target + offset, f32x4.mul(f32x4.splat(factor), f32x4.add(v128.load(own + offset), f32x4.mul(f32x4.splat(scale), a))));
    }
    for (; k < cols; k++) {
      const offset = (<usize>k) << 2;
      let a: f32 = 0;
      for (let p = from; p < to; p++) {
        a += load<f32>(w + offset + <usize>load<i32>(indices + ((<usize>p) << 2)) * stride);
      }
      store<f32>(target + offset, factor * (load<f32>(own + offset) + scale * a));
    }
  }
}

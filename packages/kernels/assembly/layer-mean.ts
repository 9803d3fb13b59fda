import { address, integer, real } from "./arguments";

// One layer of the mean over layers by Horner's rule: z = x + S A S z with S = degree^(-1/2). Tables between layers
// hold S z, so that a neighbour is one plain row; `last` stores z times its own factor instead. Without `w` only
// out = S x is computed. Tables between layers lie in panels of 16 columns, [K / 16][N][16]: one task is a run of
// rowsPerTask rows of one panel, and all that it gathers from is one panel, which the second-level cache holds.
export function layerMean(task: i32, block: usize): void {
  const indptr = address(block, 0);
  const indices = address(block, 1);
  const panels = address(block, 2); // 0 at the start
  const x = address(block, 3); // row-major
  const out = address(block, 4); // row-major where `last`, in panels otherwise
  const rows = integer(block, 5);
  const cols = integer(block, 6);
  const rowsPerTask = integer(block, 7);
  const last = integer(block, 8) != 0;
  const share = <f32>real(block, 9); // 1 / (layers + 1)
  const wanted = address(block, 10); // 0 where every row of `out` is
  const rowTasks = (rows + rowsPerTask - 1) / rowsPerTask;
  const panel = task / rowTasks;
  const first = (task - panel * rowTasks) * rowsPerTask;
  const end = min(first + rowsPerTask, rows);
  const width = min(cols - (panel << 4), 16);
  const start = ((<usize>panel) << 6) * <usize>rows;
  const w = panels + start;
  const stride = (<usize>cols) << 2;
  const columns = (<usize>panel) << 6;
  for (let i = first; i < end; i++) {
    if (wanted && !load<i32>(wanted + ((<usize>i) << 2))) continue;
    const row = indptr + ((<usize>i) << 2);
    const from = load<i32>(row);
    const degree = load<i32>(row, 4) - from;
    const scale: f32 = degree > 0 ? 1 / sqrt<f32>(<f32>degree) : 0;
    const factor: f32 = last ? share : scale;
    const own = x + <usize>i * stride + columns;
    const target = last ? out + <usize>i * stride + columns : out + start + ((<usize>i) << 6);
    let p = indices + ((<usize>from) << 2);
    const to = panels ? p + ((<usize>degree) << 2) : p;
    if (width == 16) {
      // Even and odd neighbours are summed apart: two chains of additions hide each other's latency. The test between
      // them keeps the engine from loading both before it adds either, for which it has too few registers.
      let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      while (p != to) {
        const even = w + ((<usize>load<i32>(p)) << 6);
        a0 = f32x4.add(a0, v128.load(even));
        a1 = f32x4.add(a1, v128.load(even, 16));
        a2 = f32x4.add(a2, v128.load(even, 32));
        a3 = f32x4.add(a3, v128.load(even, 48));
        p += 4;
        if (p == to) break;
        const odd = w + ((<usize>load<i32>(p)) << 6);
        b0 = f32x4.add(b0, v128.load(odd));
        b1 = f32x4.add(b1, v128.load(odd, 16));
        b2 = f32x4.add(b2, v128.load(odd, 32));
        b3 = f32x4.add(b3, v128.load(odd, 48));
        p += 4;
      }
      const s = f32x4.splat(scale);
      const f = f32x4.splat(factor);
      v128.store(target, f32x4.mul(f, f32x4.add(v128.load(own), f32x4.mul(s, f32x4.add(a0, b0)))));
      v128.store(target, f32x4.mul(f, f32x4.add(v128.load(own, 16), f32x4.mul(s, f32x4.add(a1, b1)))), 16);
      v128.store(target, f32x4.mul(f, f32x4.add(v128.load(own, 32), f32x4.mul(s, f32x4.add(a2, b2)))), 32);
      v128.store(target, f32x4.mul(f, f32x4.add(v128.load(own, 48), f32x4.mul(s, f32x4.add(a3, b3)))), 48);
      continue;
    }
    let k: i32 = 0;
    for (; k + 4 <= width; k += 4) {
      const offset = (<usize>k) << 2;
      let a = f32x4.splat(0);
      for (let q = p; q < to; q += 4) a = f32x4.add(a, v128.load(w + offset + ((<usize>load<i32>(q)) << 6)));
      const sum = f32x4.add(v128.load(own + offset), f32x4.mul(f32x4.splat(scale), a));
      v128.store(target + offset, f32x4.mul(f32x4.splat(factor), sum));
    }
    for (; k < width; k++) {
      const offset = (<usize>k) << 2;
      let a: f32 = 0;
      for (let q = p; q < to; q += 4) a += load<f32>(w + offset + ((<usize>load<i32>(q)) << 6));
      store<f32>(target + offset, factor * (load<f32>(own + offset) + scale * a));
    }
  }
}

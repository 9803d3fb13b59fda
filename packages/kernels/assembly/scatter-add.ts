import { address, integer } from "./arguments";

// out[indices[r]] += rows[r]. One task owns a run of rows of `out` and takes its own contributions in the order of r,
// so the sums are the same whoever runs the task.
export function scatterAdd(task: i32, block: usize): void {
  const indices = address(block, 0);
  const rows = address(block, 1);
  const out = address(block, 2);
  const count = integer(block, 3);
  const cols = integer(block, 4);
  const outRows = integer(block, 5);
  const rowsPerTask = integer(block, 6);
  const first = task * rowsPerTask;
  const owned = <u32>(min(first + rowsPerTask, outRows) - first);
  const stride = (<usize>cols) << 2;
  for (let r: i32 = 0; r < count; r++) {
    const index = load<i32>(indices + ((<usize>r) << 2));
    if (<u32>(index - first) >= owned) continue;
    const source = rows + <usize>r * stride;
    const target = out + <usize>index * stride;
    let k: i32 = 0;
    for (; k + 4 <= cols; k += 4) {
      const offset = (<usize>k) << 2;
      v128.store(target + offset, f32x4.add(v128.load(target + offset), v128.load(source + offset)));
    }
    for (; k < cols; k++) {
      const offset = (<usize>k) << 2;
      store<f32>(target + offset, load<f32>(target + offset) + load<f32>(source + offset));
    }
  }
}

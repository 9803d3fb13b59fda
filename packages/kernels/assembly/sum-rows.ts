import { address, integer } from "./arguments";

// out (groups, stride) = sums of the rows of a table (rows, stride) of 16-bit counts that each group lists; `stride` is
// a multiple of 8. One task is one group: rows ends[task - 1] .. ends[task] - 1 of the list.
export function sumRows(task: i32, block: usize): void {
  const table = address(block, 0);
  const list = address(block, 1);
  const ends = address(block, 2);
  const out = address(block, 3);
  const stride = integer(block, 4);
  const first = task == 0 ? 0 : load<i32>(ends + ((<usize>task - 1) << 2));
  const end = load<i32>(ends + ((<usize>task) << 2));
  const target = out + ((<usize>task * <usize>stride) << 2);
  memory.fill(target, 0, (<usize>stride) << 2);
  for (let r = first; r < end; r++) {
    let from = table + ((<usize>load<i32>(list + ((<usize>r) << 2)) * <usize>stride) << 1);
    let to = target;
    for (let k: i32 = 0; k < stride; k += 8) {
      const counts = v128.load(from);
      v128.store(to, i32x4.add(v128.load(to), i32x4.extend_low_i16x8_u(counts)));
      v128.store(to, i32x4.add(v128.load(to, 16), i32x4.extend_high_i16x8_u(counts)), 16);
      from += 16;
      to += 32;
    }
  }
}

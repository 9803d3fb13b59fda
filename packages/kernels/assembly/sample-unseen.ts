import { address, integer } from "./arguments";

let s0: u32 = 0, s1: u32 = 0, s2: u32 = 0, s3: u32 = 0;

// sfc32, as in the seeded streams of the host.
// @ts-ignore: decorator
@inline
function bits(): u32 {
  const t = s0 + s1 + s3;
  s3 += 1;
  s0 = s1 ^ (s1 >> 9);
  s1 = s2 + (s2 << 3);
  s2 = ((s2 << 21) | (s2 >> 11)) + t;
  return t;
}

// Draws, for each of `count` users, `perUser` items that its row of `seen` does not hold, uniformly. One task is a run
// of usersPerTask users with a stream of its own: the key, told apart by the task.
export function sampleUnseen(task: i32, block: usize): void {
  const users = address(block, 0);
  const indptr = address(block, 1);
  const indices = address(block, 2);
  const out = address(block, 3);
  const count = integer(block, 4);
  const items = integer(block, 5);
  const perUser = integer(block, 6);
  const usersPerTask = integer(block, 7);
  s0 = <u32>address(block, 8) ^ (<u32>task * 0x9e3779b9);
  s1 = <u32>address(block, 9);
  s2 = <u32>address(block, 10);
  s3 = <u32>address(block, 11) + <u32>task;
  for (let i: i32 = 0; i < 16; i++) bits();
  const first = task * usersPerTask;
  const last = min(first + usersPerTask, count);
  let target = out + ((<usize>first * <usize>perUser) << 2);
  for (let r = first; r < last; r++) {
    const user = <usize>load<i32>(users + ((<usize>r) << 2));
    const from = load<i32>(indptr + (user << 2));
    const degree = load<i32>(indptr + (user << 2), 4) - from;
    const row = indices + ((<usize>from) << 2);
    const unseen = <u32>(items - degree);
    // Lemire's multiplication; draws below the threshold would favour some values.
    const threshold: u32 = (<u32>0 - unseen) % unseen;
    for (let j: i32 = 0; j < perUser; j++) {
      let product = <u64>bits() * <u64>unseen;
      while (<u32>product < threshold) product = <u64>bits() * <u64>unseen;
      const rank = <i32>(product >> 32);
      // The unseen item of that rank is rank + p, p the number of seen items before it: column[p] - p never falls.
      // Branches on random comparisons would cost more than the search itself.
      let low: i32 = 0;
      for (let n = degree; n > 0; ) {
        const half = (n + 1) >>> 1;
        const at = low + half - 1;
        low = select<i32>(low + half, low, load<i32>(row + ((<usize>at) << 2)) - at <= rank);
        n -= half;
      }
      store<i32>(target, rank + low);
      target += 4;
    }
  }
}

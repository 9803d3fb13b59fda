import { address, integer } from "./arguments";

// Of each row of products x_i y_j (rows, stride), the k rows y nearest to x_i, and those that rounding might put among
// them. A row becomes its candidates' y_j^2 - 2 x_i y_j, listed in the order of j, which is their squared distance less
// x_i^2; `listed` has their j, and `found` how many they are. Squares y_j^2 (groups, stride) are those of the row's
// group, infinite for rows y that are passed over and beyond the last. One task is a run of rowsPerTask rows.
export function nearest64(task: i32, block: usize): void {
  const values = address(block, 0);
  const squares = address(block, 1);
  const groups = address(block, 2);
  const rounding = address(block, 3); // what may separate a distance from its exact value, of each row
  const listed = address(block, 4);
  const found = address(block, 5);
  const rows = integer(block, 6);
  const stride = integer(block, 7);
  const k = integer(block, 8);
  const rowsPerTask = integer(block, 9);
  const end = min((task + 1) * rowsPerTask, rows);
  const width = (<usize>stride) << 3;
  for (let i = task * rowsPerTask; i < end; i++) {
    const row = values + <usize>i * width;
    const group = <usize>load<i32>(groups + ((<usize>i) << 2));
    const reach = kthSmallest(row, squares + group * width, width, k) + 2 * load<f64>(rounding + ((<usize>i) << 3));
    const list = listed + ((<usize>i * <usize>stride) << 2);
    let to: usize = 0;
    for (let at: usize = 0; at < width; at += 8) {
      const value = load<f64>(row + at);
      // Written in any case and kept where it counts: a branch could not be predicted.
      store<f64>(row + (to << 3), value);
      store<i32>(list + (to << 2), <i32>(at >> 3));
      to += <usize>(value <= reach && value < Infinity);
    }
    store<i32>(found + ((<usize>i) << 2), <i32>to);
  }
}

// Puts squares - 2 row into `row` and returns its k-th smallest value: by halving, or cutting in proportion, the
// interval that holds it, until so many lie below that there is one left.
function kthSmallest(row: usize, squares: usize, width: usize, k: i32): f64 {
  const two = f64x2.splat(2);
  const infinite = f64x2.splat(Infinity);
  let least = infinite;
  let most = f64x2.splat(-Infinity);
  for (let at: usize = 0; at < width; at += 16) {
    const value = f64x2.sub(v128.load(squares + at), f64x2.mul(two, v128.load(row + at)));
    v128.store(row + at, value);
    least = f64x2.pmin(least, value);
    const isFinite = f64x2.lt(value, infinite);
    most = f64x2.pmax(most, v128.or(v128.and(value, isFinite), v128.andnot(f64x2.splat(-Infinity), isFinite)));
  }
  let low = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  let high = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  let below = countUpTo(row, width, low);
  if (below >= k) return low;
  let upTo = countUpTo(row, width, high);
  let halve = false;
  while (upTo > k) {
    const share = halve ? 0.5 : max(0.02, min(0.98, (<f64>(k - below) + 0.5) / <f64>(upTo - below)));
    halve = !halve;
    const middle = low + share * (high - low);
    if (!(middle > low && middle < high)) {
      // What is left between is a few last bits wide: then all of it is equal but for these.
      if (halve) continue;
      break;
    }
    const count = countUpTo(row, width, middle);
    if (count < k) {
      low = middle;
      below = count;
    } else {
      high = middle;
      upTo = count;
    }
  }
  const bound = f64x2.splat(high);
  let kth = f64x2.splat(-Infinity);
  for (let at: usize = 0; at < width; at += 16) {
    const value = v128.load(row + at);
    const isBelow = f64x2.le(value, bound);
    kth = f64x2.pmax(kth, v128.or(v128.and(value, isBelow), v128.andnot(f64x2.splat(-Infinity), isBelow)));
  }
  return max(f64x2.extract_lane(kth, 0), f64x2.extract_lane(kth, 1));
}

// @ts-ignore: decorator
@inline
function countUpTo(row: usize, width: usize, limit: f64): i32 {
  const bound = f64x2.splat(limit);
  let count = i64x2.splat(0);
  for (let at: usize = 0; at < width; at += 16) count = i64x2.sub(count, f64x2.le(v128.load(row + at), bound));
  return <i32>(i64x2.extract_lane(count, 0) + i64x2.extract_lane(count, 1));
}

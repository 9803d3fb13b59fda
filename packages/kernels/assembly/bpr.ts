import { address, integer, real } from "./arguments";
import { addScaled, laneSum } from "./rows";

// Weight of each triplet (user, positive, negative) in the gradient of mean softplus(-x), x = e_u'(e_i - e_j), and the
// sum of the losses of the task's run of triplets.
export function bprWeights(task: i32, block: usize): void {
  const table = address(block, 0);
  const users = address(block, 1);
  const positives = address(block, 2);
  const negatives = address(block, 3);
  const weights = address(block, 4);
  const losses = address(block, 5);
  const count = integer(block, 6);
  const cols = integer(block, 7);
  const perTask = integer(block, 8);
  const itemBase = integer(block, 9); // row of item 0 in the table
  const first = task * perTask;
  const last = min(first + perTask, count);
  const stride = (<usize>cols) << 2;
  const share = <f32>(1 / <f64>count);
  let loss: f64 = 0;
  // Sums of log(1 + e) as logs of products: at most 256 factors, each at most 2, stay inside float64.
  let product: f64 = 1;
  for (let s = first; s < last; s++) {
    const at = (<usize>s) << 2;
    const user = table + <usize>load<i32>(users + at) * stride;
    const positive = table + <usize>(load<i32>(positives + at) + itemBase) * stride;
    const negative = table + <usize>(load<i32>(negatives + at) + itemBase) * stride;
    const x = differenceOfDots(user, positive, negative, cols);
    const e = Mathf.exp(-abs(x));
    // sigmoid(-x) from exp(-|x|), which cannot overflow.
    const sigmoid: f32 = x >= 0 ? e / (1 + e) : 1 / (1 + e);
    store<f32>(weights + at, -sigmoid * share);
    loss += <f64>max<f32>(-x, 0);
    product *= 1 + <f64>e;
    if ((s & 255) == 255 || s == last - 1) {
      loss += Math.log(product);
      product = 1;
    }
  }
  store<f64>(losses + ((<usize>task) << 3), loss);
}

// user'positive - user'negative, both products at once: neither waits for the other's additions.
function differenceOfDots(user: usize, positive: usize, negative: usize, cols: i32): f32 {
  let lanesOfPositive = f32x4.splat(0);
  let lanesOfNegative = lanesOfPositive;
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    const e = v128.load(user + at);
    lanesOfPositive = f32x4.add(lanesOfPositive, f32x4.mul(e, v128.load(positive + at)));
    lanesOfNegative = f32x4.add(lanesOfNegative, f32x4.mul(e, v128.load(negative + at)));
  }
  let ofPositive = laneSum(lanesOfPositive);
  let ofNegative = laneSum(lanesOfNegative);
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    const e = load<f32>(user + at);
    ofPositive += e * load<f32>(positive + at);
    ofNegative += e * load<f32>(negative + at);
  }
  return ofPositive - ofNegative;
}

// The gradient of the same loss on the table is, row by row, a weighted sum of other rows. bprLists writes these (row,
// weight), eight bytes each, sorted by the row they are added to and for each such row in the order of the triplets.
// Task 0 does the users' rows, two entries a triplet, task 1 the items', as many.
export function bprLists(task: i32, block: usize): void {
  const users = address(block, 0);
  const positives = address(block, 1);
  const negatives = address(block, 2);
  const weights = address(block, 3);
  // Ends of each row's entries, counted from the task's first.
  const ends = address(block, 4) + (task ? (<usize>integer(block, 8)) << 2 : 0);
  const count = integer(block, 6);
  const entries = address(block, 5) + (task ? (<usize>count) << 4 : 0);
  const rows = integer(block, 7);
  const itemBase = integer(block, 8);
  const owned = task ? rows - itemBase : itemBase;
  memory.fill(ends, 0, (<usize>owned) << 2);
  const last = (<usize>count) << 2;
  if (task) {
    for (let at: usize = 0; at < last; at += 4) {
      add(ends + ((<usize>load<i32>(positives + at)) << 2), 1);
      add(ends + ((<usize>load<i32>(negatives + at)) << 2), 1);
    }
  } else {
    for (let at: usize = 0; at < last; at += 4) add(ends + ((<usize>load<i32>(users + at)) << 2), 2);
  }
  let start: i32 = 0;
  for (let row: i32 = 0; row < owned; row++) {
    const own = ends + ((<usize>row) << 2);
    const length = load<i32>(own);
    store<i32>(own, start);
    start += length;
  }
  // Starts move on to ends as entries are placed.
  for (let at: usize = 0; at < last; at += 4) {
    const u = load<i32>(users + at);
    const i = load<i32>(positives + at);
    const j = load<i32>(negatives + at);
    const weight = load<f32>(weights + at);
    if (task) {
      place(entries, ends + ((<usize>i) << 2), u, weight);
      place(entries, ends + ((<usize>j) << 2), u, -weight);
    } else {
      const end = ends + ((<usize>u) << 2);
      place(entries, end, i + itemBase, weight);
      place(entries, end, j + itemBase, -weight);
    }
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, value: i32): void {
  store<i32>(at, load<i32>(at) + value);
}

// @ts-ignore: decorator
@inline
function place(entries: usize, end: usize, row: i32, weight: f32): void {
  const at = load<i32>(end);
  store<i32>(end, at + 1);
  const entry = entries + ((<usize>at) << 3);
  store<i32>(entry, row);
  store<f32>(entry, weight, 4);
}

// The sums that bprLists has listed, and how often each row takes part in a triplet; one task is a run of rowsPerTask
// rows.
export function bprGather(task: i32, block: usize): void {
  const table = address(block, 0);
  const ends = address(block, 1);
  const entries = address(block, 2);
  const gradient = address(block, 3);
  const uses = address(block, 4);
  const count = integer(block, 5);
  const cols = integer(block, 6);
  const rows = integer(block, 7);
  const rowsPerTask = integer(block, 8);
  const itemBase = integer(block, 9);
  const stride = (<usize>cols) << 2;
  const first = task * rowsPerTask;
  const last = min(first + rowsPerTask, rows);
  for (let row = first; row < last; row++) {
    const own = ends + ((<usize>row) << 2);
    const ofItem = row >= itemBase;
    const list = ofItem ? entries + ((<usize>count) << 4) : entries;
    const from = list + (row == 0 || row == itemBase ? 0 : (<usize>load<i32>(own - 4)) << 3);
    const to = list + ((<usize>load<i32>(own)) << 3);
    const length = <i32>((to - from) >> 3);
    store<i32>(uses + ((<usize>row) << 2), ofItem ? length : length >> 1);
    const target = gradient + <usize>row * stride;
    let k: i32 = 0;
    for (; k + 16 <= cols; k += 16) {
      const offset = (<usize>k) << 2;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let entry = from; entry < to; entry += 8) {
        const source = table + offset + <usize>load<i32>(entry) * stride;
        const weight = v128.load_splat<f32>(entry, 4);
        s0 = f32x4.add(s0, f32x4.mul(weight, v128.load(source)));
        s1 = f32x4.add(s1, f32x4.mul(weight, v128.load(source, 16)));
        s2 = f32x4.add(s2, f32x4.mul(weight, v128.load(source, 32)));
        s3 = f32x4.add(s3, f32x4.mul(weight, v128.load(source, 48)));
      }
      v128.store(target + offset, s0);
      v128.store(target + offset, s1, 16);
      v128.store(target + offset, s2, 32);
      v128.store(target + offset, s3, 48);
    }
    for (; k + 4 <= cols; k += 4) {
      const offset = (<usize>k) << 2;
      let s = f32x4.splat(0);
      for (let entry = from; entry < to; entry += 8) {
        const source = table + offset + <usize>load<i32>(entry) * stride;
        s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(entry, 4), v128.load(source)));
      }
      v128.store(target + offset, s);
    }
    for (; k < cols; k++) {
      const offset = (<usize>k) << 2;
      let s: f32 = 0;
      for (let entry = from; entry < to; entry += 8) {
        s += load<f32>(entry, 4) * load<f32>(table + offset + <usize>load<i32>(entry) * stride);
      }
      store<f32>(target + offset, s);
    }
  }
}

// gradient += scale * uses * table, row by row: L2 on the rows of a batch, once for each use.
export function decayUsed(task: i32, block: usize): void {
  const table = address(block, 0);
  const uses = address(block, 1);
  const gradient = address(block, 2);
  const rows = integer(block, 3);
  const cols = integer(block, 4);
  const rowsPerTask = integer(block, 5);
  const scale = real(block, 6);
  const stride = (<usize>cols) << 2;
  const first = task * rowsPerTask;
  const last = min(first + rowsPerTask, rows);
  for (let i = first; i < last; i++) {
    const weight = <f32>(scale * <f64>load<i32>(uses + ((<usize>i) << 2)));
    addScaled(gradient + <usize>i * stride, table + <usize>i * stride, weight, cols);
  }
}

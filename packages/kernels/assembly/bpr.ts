import { address, integer, real } from "./arguments";
import { addScaled, dot } from "./rows";

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
    const x = dot(user, positive, cols) - dot(user, negative, cols);
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

// The gradient of the same loss on the table, and how often each row takes part. One task owns a run of rowsPerTask
// rows, clears them and takes its contributions in the order of the triplets.
export function bprScatter(task: i32, block: usize): void {
  const table = address(block, 0);
  const users = address(block, 1);
  const positives = address(block, 2);
  const negatives = address(block, 3);
  const weights = address(block, 4);
  const gradient = address(block, 5);
  const uses = address(block, 6);
  const count = integer(block, 7);
  const cols = integer(block, 8);
  const rows = integer(block, 9);
  const rowsPerTask = integer(block, 10);
  const itemBase = integer(block, 11);
  const first = task * rowsPerTask;
  const owned = <u32>(min(first + rowsPerTask, rows) - first);
  const stride = (<usize>cols) << 2;
  memory.fill(gradient + <usize>first * stride, 0, <usize>owned * stride);
  memory.fill(uses + ((<usize>first) << 2), 0, (<usize>owned) << 2);
  for (let s: i32 = 0; s < count; s++) {
    const at = (<usize>s) << 2;
    const u = load<i32>(users + at);
    const i = load<i32>(positives + at) + itemBase;
    const j = load<i32>(negatives + at) + itemBase;
    const ownsUser = <u32>(u - first) < owned;
    const ownsPositive = <u32>(i - first) < owned;
    const ownsNegative = <u32>(j - first) < owned;
    if (!(ownsUser || ownsPositive || ownsNegative)) continue;
    const weight = load<f32>(weights + at);
    const user = table + <usize>u * stride;
    if (ownsUser) {
      const target = gradient + <usize>u * stride;
      addScaled(target, table + <usize>i * stride, weight, cols);
      addScaled(target, table + <usize>j * stride, -weight, cols);
      use(uses, u);
    }
    if (ownsPositive) {
      addScaled(gradient + <usize>i * stride, user, weight, cols);
      use(uses, i);
    }
    if (ownsNegative) {
      addScaled(gradient + <usize>j * stride, user, -weight, cols);
      use(uses, j);
    }
  }
}

// @ts-ignore: decorator
@inline
function use(uses: usize, row: i32): void {
  const at = uses + ((<usize>row) << 2);
  store<i32>(at, load<i32>(at) + 1);
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

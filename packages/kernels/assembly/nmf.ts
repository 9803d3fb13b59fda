import { address, integer, real } from "./arguments";
import { multiply } from "./gemm";
import { addProduct, addScaled, biasRelu, dot, gatedScale, multiplyBy, sumRelu } from "./rows";

// Samples that go through the tower together; their activations stay in the first- or second-level cache.
const together: i32 = 64;

// Rows 0 .. count - 1 of the layers after the first: activations of layer l at `layers`, one layer after the other,
// each (together, width). Returns the address of the last.
function climb(layers: usize, count: i32, widths: usize, depth: i32, tower: usize): usize {
  let below = layers;
  let weights = tower;
  let width = load<i32>(widths);
  for (let l: i32 = 1; l < depth; l++) {
    const next = load<i32>(widths + ((<usize>l) << 2));
    const row = (<usize>next) << 2;
    const above = below + <usize>together * ((<usize>width) << 2);
    const bias = weights + <usize>width * row;
    multiply(below, (<usize>width) << 2, 4, weights, row, 32, above, row, 0, count, next, width, false);
    for (let r: i32 = 0; r < count; r++) biasRelu(above + <usize>r * row, bias, next);
    below = above;
    weights = bias + row;
    width = next;
  }
  return below;
}

// Forward and backward over one run of samples. Sample s belongs to interaction s / (1 + perPositive); the first of an
// interaction is its positive item, the others its negatives. Leaves, for nmfScatter, the loss's derivative by each
// logit and by each first-layer sum, and the task's share of the gradients of biases and tower weights, in the order of
// the parameters from the first bias on: bias 1, (weights, bias) of each further layer, output weights, output bias;
// then the loss.
export function nmfStep(task: i32, block: usize): void {
  const users = address(block, 0);
  const positives = address(block, 1);
  const negatives = address(block, 2);
  const interactions = integer(block, 3);
  const perPositive = integer(block, 4);
  const samplesPerTask = integer(block, 5);
  const userHidden = address(block, 6); // (users, width 1)
  const itemHidden = address(block, 7); // (items, width 1)
  const userFactors = address(block, 8); // (users, factors)
  const itemFactors = address(block, 9); // (items, factors), times the output weights
  const factors = integer(block, 10);
  const bias1 = address(block, 11); // the parameters from the first bias on
  const transposed = address(block, 12); // weights of each further layer, transposed, one after the other
  const widths = address(block, 13);
  const depth = integer(block, 14);
  const logits = address(block, 15); // out: d loss / d logit, one a sample
  const hidden = address(block, 16); // out: d loss / d first-layer sum, (samples, width 1)
  const shareSize = integer(block, 17); // values of a task's share of the gradient
  const scratchSize = integer(block, 18);
  const each = 1 + perPositive;
  const samples = interactions * each;
  const share = address(block, 19) + (<usize>task * <usize>shareSize << 2);
  const layers = address(block, 20) + <usize>task * <usize>scratchSize;
  const width1 = load<i32>(widths);
  const row1 = (<usize>width1) << 2;
  const rowFactors = (<usize>factors) << 2;
  const tower = bias1 + row1;
  const lastWidth = load<i32>(widths + ((<usize>(depth - 1)) << 2));
  const lastRow = (<usize>lastWidth) << 2;
  const output = bias1 + (<usize>(shareSize - 2 - lastWidth) << 2); // output weights of the tower
  const outputBias = load<f32>(output + lastRow);
  const shareOutput = share + (output - bias1);
  memory.fill(share, 0, (<usize>shareSize) << 2);
  // Gradients by activations take turns in two buffers behind the layers.
  let total: i32 = 0;
  let widest: i32 = 0;
  let transposedEnd = transposed;
  for (let l: i32 = 0; l < depth; l++) {
    const width = load<i32>(widths + ((<usize>l) << 2));
    total += width;
    widest = max(widest, width);
    if (l > 0) transposedEnd += (<usize>(width * load<i32>(widths + ((<usize>(l - 1)) << 2)))) << 2;
  }
  const delta0 = layers + ((<usize>(together * total)) << 2);
  const delta1 = delta0 + ((<usize>(together * widest)) << 2);
  const scale = <f32>(1 / <f64>samples);
  let loss: f64 = 0;

  const end = min((task + 1) * samplesPerTask, samples);
  for (let first = task * samplesPerTask; first < end; first += together) {
    const count = min(together, end - first);
    let q = first / each;
    let at = first - q * each;
    for (let r: i32 = 0; r < count; r++) {
      const user = <usize>load<i32>(users + ((<usize>q) << 2));
      const item = <usize>itemOf(positives, negatives, q, at, perPositive);
      if (++at == each) {
        at = 0;
        q++;
      }
      sumRelu(layers + <usize>r * row1, userHidden + user * row1, itemHidden + item * row1, bias1, width1);
    }
    const top = climb(layers, count, widths, depth, tower);
    let delta = delta0;
    let other = delta1;
    // Sums of log(1 + e) as logs of products: at most 64 factors, each at most 2, stay far inside float64.
    let product: f64 = 1;
    q = first / each;
    at = first - q * each;
    for (let r: i32 = 0; r < count; r++) {
      const s = first + r;
      const user = <usize>load<i32>(users + ((<usize>q) << 2));
      const item = <usize>itemOf(positives, negatives, q, at, perPositive);
      const isPositive = at == 0;
      if (++at == each) {
        at = 0;
        q++;
      }
      const activation = top + <usize>r * lastRow;
      const x =
        dot(userFactors + user * rowFactors, itemFactors + item * rowFactors, factors) +
        dot(activation, output, lastWidth) +
        outputBias;
      const e = Mathf.exp(-abs(x));
      const sigmoid: f32 = x >= 0 ? 1 / (1 + e) : e / (1 + e);
      const g = scale * (isPositive ? sigmoid - 1 : sigmoid);
      loss += <f64>max<f32>(isPositive ? -x : x, 0);
      product *= 1 + <f64>e;
      store<f32>(logits + ((<usize>s) << 2), g);
      addScaled(shareOutput, activation, g, lastWidth);
      store<f32>(shareOutput + lastRow, load<f32>(shareOutput + lastRow) + g);
      const down = depth == 1 ? hidden + <usize>s * row1 : delta + <usize>r * lastRow;
      gatedScale(down, output, g, activation, lastWidth);
    }
    loss += Math.log(product);
    let above = top;
    let width = lastWidth;
    let weights = output - rowFactors; // the end of layer l's bias
    let weightsT = transposedEnd;
    for (let l = depth - 1; l > 0; l--) {
      const under = load<i32>(widths + ((<usize>(l - 1)) << 2));
      const row = (<usize>width) << 2;
      const underRow = (<usize>under) << 2;
      const size = <usize>under * row;
      const below = above - <usize>together * underRow;
      const shareBias = share + (weights - row - bias1);
      for (let r: i32 = 0; r < count; r++) addScaled(shareBias, delta + <usize>r * row, 1, width);
      multiply(below, 4, underRow, delta, row, 32, shareBias - size, row, 0, under, width, count, true);
      weightsT -= size;
      const down = l == 1 ? hidden + <usize>first * row1 : other;
      multiply(delta, row, 4, weightsT, underRow, 32, down, underRow, 0, count, under, width, false);
      gatedScale(down, down, 1, below, count * under);
      other = delta;
      delta = down;
      above = below;
      weights -= row + size;
      width = under;
    }
    for (let r: i32 = 0; r < count; r++) addScaled(share, hidden + <usize>(first + r) * row1, 1, width1);
  }
  store<f32>(share + ((<usize>(shareSize - 1)) << 2), <f32>loss);
}

// Sums the samples of each user (side 0) or item (side 1): gradients of its factors and of its first-layer sum. One
// task owns a run of rowsPerTask rows and takes its samples in order. The item side finds the factors' gradient before
// the output weights, of which it also leaves the task's share of their gradient.
export function nmfScatter(task: i32, block: usize): void {
  const side = integer(block, 0);
  const users = address(block, 1);
  const positives = address(block, 2);
  const negatives = address(block, 3);
  const interactions = integer(block, 4);
  const perPositive = integer(block, 5);
  const logits = address(block, 6);
  const hidden = address(block, 7);
  const width1 = integer(block, 8);
  const otherFactors = address(block, 9); // side 0: items' times output weights; side 1: users'
  const factors = integer(block, 10);
  const factorGradient = address(block, 11);
  const hiddenGradient = address(block, 12);
  const rows = integer(block, 13);
  const rowsPerTask = integer(block, 14);
  const row1 = (<usize>width1) << 2;
  const rowFactors = (<usize>factors) << 2;
  const first = task * rowsPerTask;
  const last = min(first + rowsPerTask, rows);
  const owned = <u32>(last - first);
  memory.fill(factorGradient + <usize>first * rowFactors, 0, <usize>owned * rowFactors);
  memory.fill(hiddenGradient + <usize>first * row1, 0, <usize>owned * row1);
  let s: usize = 0;
  for (let q: i32 = 0; q < interactions; q++) {
    const user = load<i32>(users + ((<usize>q) << 2));
    if (side == 0 && <u32>(user - first) >= owned) {
      s += 1 + perPositive;
      continue;
    }
    for (let at: i32 = 0; at <= perPositive; at++, s++) {
      const item = itemOf(positives, negatives, q, at, perPositive);
      const owner = side == 0 ? user : item;
      if (<u32>(owner - first) >= owned) continue;
      const source = otherFactors + <usize>(side == 0 ? item : user) * rowFactors;
      addScaled(factorGradient + <usize>owner * rowFactors, source, load<f32>(logits + (s << 2)), factors);
      addScaled(hiddenGradient + <usize>owner * row1, hidden + s * row1, 1, width1);
    }
  }
  if (side == 0) return;
  const itemFactors = address(block, 15);
  const output = address(block, 16);
  const share = address(block, 17) + <usize>task * rowFactors;
  memory.fill(share, 0, rowFactors);
  for (let i = first; i < last; i++) {
    const gradient = factorGradient + <usize>i * rowFactors;
    addProduct(share, itemFactors + <usize>i * rowFactors, gradient, factors);
    multiplyBy(gradient, output, factors);
  }
}

// The k best items of each user, equal scores by ascending id; one task is a run of usersPerTask users.
export function nmfRank(task: i32, block: usize): void {
  const userHidden = address(block, 0);
  const itemHidden = address(block, 1);
  const userFactors = address(block, 2);
  const itemFactors = address(block, 3); // times the output weights
  const factors = integer(block, 4);
  const bias1 = address(block, 5);
  const output = address(block, 6); // output weights of the tower, then the output bias
  const widths = address(block, 7);
  const depth = integer(block, 8);
  const users = integer(block, 9);
  const items = integer(block, 10);
  const usersPerTask = integer(block, 11);
  const k = integer(block, 12);
  const indptr = address(block, 13); // 0 where nothing is left out
  const seen = address(block, 14);
  const ids = address(block, 15); // out: (users, k)
  const scratchSize = integer(block, 17);
  const layers = address(block, 16) + <usize>task * <usize>scratchSize;
  const scores = layers + <usize>scratchSize - ((<usize>k) << 2);
  const width1 = load<i32>(widths);
  const row1 = (<usize>width1) << 2;
  const rowFactors = (<usize>factors) << 2;
  const lastWidth = load<i32>(widths + ((<usize>(depth - 1)) << 2));
  const lastRow = (<usize>lastWidth) << 2;
  const outputBias = load<f32>(output + lastRow);
  const last = min((task + 1) * usersPerTask, users);
  for (let u = task * usersPerTask; u < last; u++) {
    const best = ids + ((<usize>u * <usize>k) << 2);
    let kept: i32 = 0;
    let p = indptr ? load<i32>(indptr + ((<usize>u) << 2)) : 0;
    const seenEnd = indptr ? load<i32>(indptr + ((<usize>u) << 2), 4) : 0;
    for (let firstItem: i32 = 0; firstItem < items; firstItem += together) {
      const count = min(together, items - firstItem);
      for (let r: i32 = 0; r < count; r++) {
        const item = itemHidden + <usize>(firstItem + r) * row1;
        sumRelu(layers + <usize>r * row1, userHidden + <usize>u * row1, item, bias1, width1);
      }
      const top = climb(layers, count, widths, depth, bias1 + row1);
      for (let r: i32 = 0; r < count; r++) {
        const item = firstItem + r;
        while (p < seenEnd && load<i32>(seen + ((<usize>p) << 2)) < item) p++;
        if (p < seenEnd && load<i32>(seen + ((<usize>p) << 2)) == item) continue;
        const score =
          dot(userFactors + <usize>u * rowFactors, itemFactors + <usize>item * rowFactors, factors) +
          dot(top + <usize>r * lastRow, output, lastWidth) + outputBias;
        // Items come by ascending id: a later one must beat an equal score outright.
        if (kept == k && !(score > load<f32>(scores + ((<usize>(k - 1)) << 2)))) continue;
        let at = kept < k ? kept++ : k - 1;
        for (; at > 0 && score > load<f32>(scores + ((<usize>(at - 1)) << 2)); at--) {
          store<f32>(scores + ((<usize>at) << 2), load<f32>(scores + ((<usize>(at - 1)) << 2)));
          store<i32>(best + ((<usize>at) << 2), load<i32>(best + ((<usize>(at - 1)) << 2)));
        }
        store<f32>(scores + ((<usize>at) << 2), score);
        store<i32>(best + ((<usize>at) << 2), item);
      }
    }
    for (; kept < k; kept++) store<i32>(best + ((<usize>kept) << 2), -1);
  }
}

// @ts-ignore: decorator
@inline
function itemOf(positives: usize, negatives: usize, q: i32, at: i32, perPositive: i32): i32 {
  return at == 0
    ? load<i32>(positives + ((<usize>q) << 2))
    : load<i32>(negatives + ((<usize>(q * perPositive + at - 1)) << 2));
}

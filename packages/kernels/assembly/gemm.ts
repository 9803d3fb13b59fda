import { address, integer } from "./arguments";

// Depth of one pass over a tile: 256 x 8 values of b (8 KiB) stay in the first-level cache while rows go by.
const depthBlock: i32 = 256;

// out (rows, cols) = or += left (rows, depth) times b (depth, cols). The strides of `left` make it a or its transpose;
// b is read in panels of 8 columns. One task is a run of rowsPerTask rows over depthPerTask of the depth; where the
// depth is cut, each cut writes a partial product of its own, for sumParts to add in order.
export function gemm(task: i32, block: usize): void {
  const a = address(block, 0);
  const b = address(block, 1);
  const rows = integer(block, 3);
  const cols = integer(block, 4);
  const depth = integer(block, 5);
  const aRow = address(block, 6); // bytes from one row of the left factor to the next
  const aStep = address(block, 7); // bytes from one column of the left factor to the next
  const bStep = address(block, 8); // bytes from one row of a panel to the next
  const bPanel = address(block, 9); // bytes from one panel to the next
  const rowsPerTask = integer(block, 10);
  const depthPerTask = integer(block, 11);
  const accumulate = integer(block, 12) != 0;
  const rowTasks = (rows + rowsPerTask - 1) / rowsPerTask;
  const cut = task / rowTasks;
  const firstRow = (task - cut * rowTasks) * rowsPerTask;
  const endRow = min(firstRow + rowsPerTask, rows);
  const firstDepth = cut * depthPerTask;
  const endDepth = min(firstDepth + depthPerTask, depth);
  const outRow = (<usize>cols) << 2;
  const out = address(block, 2) + <usize>cut * <usize>rows * outRow;
  multiply(
    a + <usize>firstDepth * aStep, aRow, aStep, b + <usize>firstDepth * bStep, bStep, bPanel, out, outRow,
    firstRow, endRow, cols, endDepth - firstDepth, accumulate,
  );
}

// Rows firstRow .. endRow - 1 of out = or += left times b, strides in bytes; also the dense layers of other kernels.
export function multiply(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bPanel: usize, out: usize, outRow: usize,
  firstRow: i32, endRow: i32, cols: i32, depth: i32, accumulate: bool,
): void {
  for (let d: i32 = 0; d < depth || d == 0; d += depthBlock) {
    const n = max(min(depthBlock, depth - d), 0);
    const add = accumulate || d > 0;
    const left = a + <usize>d * aStep;
    for (let j = 0; j < cols; j += 8) {
      const panel = b + (<usize>j >> 3) * bPanel + <usize>d * bStep;
      const target = out + ((<usize>j) << 2);
      for (let i = firstRow; i < endRow; i += 4) {
        // A tile of fewer than four rows repeats its last row: the same values are stored again.
        const i1 = min(i + 1, endRow - 1);
        const i2 = min(i + 2, endRow - 1);
        const i3 = min(i + 3, endRow - 1);
        const a0 = left + <usize>i * aRow;
        const a1 = left + <usize>i1 * aRow;
        const a2 = left + <usize>i2 * aRow;
        const a3 = left + <usize>i3 * aRow;
        const c0 = target + <usize>i * outRow;
        const c1 = target + <usize>i1 * outRow;
        const c2 = target + <usize>i2 * outRow;
        const c3 = target + <usize>i3 * outRow;
        if (j + 8 <= cols) {
          tile8(a0, a1, a2, a3, aStep, panel, bStep, n, c0, c1, c2, c3, add);
        } else {
          let x: i32 = 0;
          if (j + 4 <= cols) {
            tile4(a0, a1, a2, a3, aStep, panel, bStep, n, c0, c1, c2, c3, add);
            x = 4;
          }
          for (; j + x < cols; x++) {
            const offset = (<usize>x) << 2;
            tile1(
              a0, a1, a2, a3, aStep, panel + offset, bStep, n,
              c0 + offset, c1 + offset, c2 + offset, c3 + offset, add,
            );
          }
        }
      }
    }
  }
}

function tile8(
  a0: usize, a1: usize, a2: usize, a3: usize, aStep: usize, b: usize, bStep: usize, n: i32,
  c0: usize, c1: usize, c2: usize, c3: usize, add: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c0);
    s01 = v128.load(c0, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  let at: usize = 0;
  for (let p: i32 = 0; p < n; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0 + at);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1 + at);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2 + at);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3 + at);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    at += aStep;
    b += bStep;
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

function tile4(
  a0: usize, a1: usize, a2: usize, a3: usize, aStep: usize, b: usize, bStep: usize, n: i32,
  c0: usize, c1: usize, c2: usize, c3: usize, add: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  if (add) {
    s0 = v128.load(c0);
    s1 = v128.load(c1);
    s2 = v128.load(c2);
    s3 = v128.load(c3);
  }
  let at: usize = 0;
  for (let p: i32 = 0; p < n; p++) {
    const x = v128.load(b);
    s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(a0 + at), x));
    s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(a1 + at), x));
    s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(a2 + at), x));
    s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(a3 + at), x));
    at += aStep;
    b += bStep;
  }
  v128.store(c0, s0);
  v128.store(c1, s1);
  v128.store(c2, s2);
  v128.store(c3, s3);
}

function tile1(
  a0: usize, a1: usize, a2: usize, a3: usize, aStep: usize, b: usize, bStep: usize, n: i32,
  c0: usize, c1: usize, c2: usize, c3: usize, add: bool,
): void {
  let s0: f32 = 0, s1: f32 = 0, s2: f32 = 0, s3: f32 = 0;
  if (add) {
    s0 = load<f32>(c0);
    s1 = load<f32>(c1);
    s2 = load<f32>(c2);
    s3 = load<f32>(c3);
  }
  let at: usize = 0;
  for (let p: i32 = 0; p < n; p++) {
    const x = load<f32>(b);
    s0 += load<f32>(a0 + at) * x;
    s1 += load<f32>(a1 + at) * x;
    s2 += load<f32>(a2 + at) * x;
    s3 += load<f32>(a3 + at) * x;
    at += aStep;
    b += bStep;
  }
  store<f32>(c0, s0);
  store<f32>(c1, s1);
  store<f32>(c2, s2);
  store<f32>(c3, s3);
}

// out = or += the sum of `parts` runs of `length` values, `stride` values apart, in order.
export function sumParts(task: i32, block: usize): void {
  const partial = address(block, 0);
  const out = address(block, 1);
  const length = integer(block, 2);
  const stride = (<usize>integer(block, 3)) << 2;
  const parts = integer(block, 4);
  const accumulate = integer(block, 5) != 0;
  for (let i: i32 = 0; i < length; i++) {
    const offset = (<usize>i) << 2;
    let s: f32 = accumulate ? load<f32>(out + offset) : 0;
    for (let part: i32 = 0; part < parts; part++) s += load<f32>(partial + <usize>part * stride + offset);
    store<f32>(out + offset, s);
  }
}

// Copies b into panels of 8 columns, each (depth, 8) without gaps; one task is one panel. Columns past the last are
// left as they are: no tile reads them.
export function packPanels(task: i32, block: usize): void {
  const b = address(block, 0);
  const cols = integer(block, 2);
  const depth = integer(block, 3);
  const bStep = address(block, 4);
  const bColumn = address(block, 5);
  const packed = address(block, 1) + ((<usize>task * <usize>depth) << 5);
  const first = task << 3;
  const width = min(8, cols - first);
  for (let x: i32 = 0; x < width; x++) {
    let source = b + <usize>(first + x) * bColumn;
    let target = packed + ((<usize>x) << 2);
    for (let d: i32 = 0; d < depth; d++) {
      store<f32>(target, load<f32>(source));
      source += bStep;
      target += 32;
    }
  }
}

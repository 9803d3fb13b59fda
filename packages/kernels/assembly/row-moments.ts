import { address, integer } from "./arguments";
import { tile64 } from "./tile64";

// Second moments and affine maps of rows, in float64: differences between classes are a thousandth of the moments, and
// axes of little spread are what is left of sums that nearly cancel. Widths are padded to multiples of 4 by the host,
// rows come in blocks of 64 that are widened and centred first.

const ROWS: i32 = 64;

// out (rows, cols) = or += a b in float64, rows and cols multiples of 4; aRow and aStep are the strides of a.
function multiply64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, out: usize, outRow: usize,
  rows: i32, cols: i32, depth: i32, accumulate: bool,
): void {
  for (let i = 0; i < rows; i += 4) {
    const first = a + <usize>i * aRow;
    for (let j = 0; j < cols; j += 4) {
      const target = out + <usize>i * outRow + ((<usize>j) << 3);
      tile64(first, aRow, aStep, b + ((<usize>j) << 3), bRow, target, outRow, depth, accumulate);
    }
  }
}

// Rows (rows, cols) in float32, minus the centre, to float64 rows of `width`; the rest is zero.
function widen(x: usize, centre: usize, rows: i32, cols: i32, width: i32, out: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < cols; k++) {
      const offset = (<usize>k) << 3;
      store<f64>(out + offset, <f64>load<f32>(x + ((<usize>k) << 2)) - load<f64>(centre + offset));
    }
    for (let k = cols; k < width; k++) store<f64>(out + ((<usize>k) << 3), 0);
    x += (<usize>cols) << 2;
    out += (<usize>width) << 3;
  }
}

// Sums over rowsPerTask rows of u v', in float64 (width, width) a task: u is x less its centre; v is y less its centre,
// or u itself. With a transform (K, width), u is the squares of x transformed and v the same.
export function crossMoments(task: i32, block: usize): void {
  const x = address(block, 0);
  const centre = address(block, 1);
  const y = address(block, 2);
  const yCentre = address(block, 3);
  const transform = address(block, 4);
  const cols = integer(block, 7);
  const padded = integer(block, 8);
  const width = integer(block, 9); // of u, padded
  const rows = integer(block, 10);
  const rowsPerTask = integer(block, 11);
  const out = address(block, 5) + <usize>task * <usize>(width * width * 8);
  const scratch = address(block, 6) + <usize>task * <usize>(2 * ROWS * max(padded, width) * 8);
  const other = scratch + <usize>(ROWS * max(padded, width) * 8);
  const row = (<usize>width) << 3;
  const end = min((task + 1) * rowsPerTask, rows);
  memory.fill(out, 0, <usize>(width * width * 8));
  for (let i = task * rowsPerTask; i < end; i += ROWS) {
    const n = min(ROWS, end - i);
    const offset = (<usize>i * <usize>cols) << 2;
    widen(x + offset, centre, n, cols, padded, scratch);
    let u = scratch;
    let v = scratch;
    if (transform) {
      // Rows past the last of a block come in fours: what lies there is not added below.
      multiply64(scratch, (<usize>padded) << 3, 8, transform, row, other, row, (n + 3) & -4, width, cols, false);
      for (let at = other; at < other + <usize>n * row; at += 16) {
        const value = v128.load(at);
        v128.store(at, f64x2.mul(value, value));
      }
      u = other;
      v = other;
    } else if (y) {
      widen(y + offset, yCentre, n, cols, padded, other);
      v = other;
    }
    multiply64(u, 8, row, v, row, out, row, width, width, n, true);
  }
}

// out += shift + map (x - centre), for rowsPerTask rows (rows, cols) of float32; map is (K, width), transposed.
export function addAffine(task: i32, block: usize): void {
  const x = address(block, 0);
  const centre = address(block, 1);
  const map = address(block, 2);
  const shift = address(block, 3);
  const target = address(block, 4);
  const cols = integer(block, 6);
  const padded = integer(block, 7);
  const rows = integer(block, 8);
  const rowsPerTask = integer(block, 9);
  const scratch = address(block, 5) + <usize>task * <usize>(2 * ROWS * padded * 8);
  const other = scratch + <usize>(ROWS * padded * 8);
  const row = (<usize>padded) << 3;
  const end = min((task + 1) * rowsPerTask, rows);
  for (let i = task * rowsPerTask; i < end; i += ROWS) {
    const n = min(ROWS, end - i);
    const offset = (<usize>i * <usize>cols) << 2;
    widen(x + offset, centre, n, cols, padded, scratch);
    multiply64(scratch, row, 8, map, row, other, row, (n + 3) & -4, padded, cols, false);
    for (let r = 0; r < n; r++) {
      const from = other + <usize>r * row;
      const to = target + offset + ((<usize>r * <usize>cols) << 2);
      for (let k = 0; k < cols; k++) {
        const at = to + ((<usize>k) << 2);
        const moved = <f64>load<f32>(at) + load<f64>(shift + ((<usize>k) << 3)) + load<f64>(from + ((<usize>k) << 3));
        store<f32>(at, <f32>moved);
      }
    }
  }
}

import { address, integer } from "./arguments";

// y = A x in float64 for rows first .. rows - 1 of a square part: rows and columns from `first` on of a (n, n).
export function matVec64(task: i32, block: usize): void {
  const a = address(block, 0);
  const x = address(block, 1);
  const y = address(block, 2);
  const n = integer(block, 3);
  const first = integer(block, 4);
  const rowsPerTask = integer(block, 5);
  const start = first + task * rowsPerTask;
  const end = min(start + rowsPerTask, n);
  const from = x + ((<usize>first) << 3);
  const width = n - first;
  const stride = (<usize>n) << 3;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    let row = a + <usize>i * stride + ((<usize>first) << 3);
    let right = from;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let j = 0;
    for (; j + 2 <= width; j += 2) {
      const v = v128.load(right);
      s0 = f64x2.add(s0, f64x2.mul(v, v128.load(row)));
      s1 = f64x2.add(s1, f64x2.mul(v, v128.load(row + stride)));
      s2 = f64x2.add(s2, f64x2.mul(v, v128.load(row + 2 * stride)));
      s3 = f64x2.add(s3, f64x2.mul(v, v128.load(row + 3 * stride)));
      row += 16;
      right += 16;
    }
    let t0 = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
    let t1 = f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1);
    let t2 = f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1);
    let t3 = f64x2.extract_lane(s3, 0) + f64x2.extract_lane(s3, 1);
    if (j < width) {
      const v = load<f64>(right);
      t0 += v * load<f64>(row);
      t1 += v * load<f64>(row + stride);
      t2 += v * load<f64>(row + 2 * stride);
      t3 += v * load<f64>(row + 3 * stride);
    }
    const out = y + ((<usize>i) << 3);
    store<f64>(out, t0);
    store<f64>(out, t1, 8);
    store<f64>(out, t2, 16);
    store<f64>(out, t3, 24);
  }
  for (; i < end; i++) {
    let row = a + <usize>i * stride + ((<usize>first) << 3);
    let right = from;
    let sum: f64 = 0;
    for (let j = 0; j < width; j++) {
      sum += load<f64>(right) * load<f64>(row);
      row += 8;
      right += 8;
    }
    store<f64>(y + ((<usize>i) << 3), sum);
  }
}

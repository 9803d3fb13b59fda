// Operations on rows of `cols` float32 values at an address, four lanes at a time.

// @ts-ignore: decorator
@inline
export function laneSum(lanes: v128): f32 {
  const upper = f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3);
  return f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) + upper;
}

export function dot(x: usize, y: usize, cols: i32): f32 {
  let lanes = f32x4.splat(0);
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    lanes = f32x4.add(lanes, f32x4.mul(v128.load(x + at), v128.load(y + at)));
  }
  let s = laneSum(lanes);
  for (; k < cols; k++) s += load<f32>(x + ((<usize>k) << 2)) * load<f32>(y + ((<usize>k) << 2));
  return s;
}

// target += weight * source
export function addScaled(target: usize, source: usize, weight: f32, cols: i32): void {
  const w = f32x4.splat(weight);
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(w, v128.load(source + at))));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(target + at, load<f32>(target + at) + weight * load<f32>(source + at));
  }
}

// target += x * y, element by element
export function addProduct(target: usize, x: usize, y: usize, cols: i32): void {
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(v128.load(x + at), v128.load(y + at))));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(target + at, load<f32>(target + at) + load<f32>(x + at) * load<f32>(y + at));
  }
}

// target = weight * source, kept where `gate` is positive and zero elsewhere
export function gatedScale(target: usize, source: usize, weight: f32, gate: usize, cols: i32): void {
  const w = f32x4.splat(weight);
  const zero = f32x4.splat(0);
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    v128.store(target + at, v128.and(f32x4.mul(w, v128.load(source + at)), f32x4.gt(v128.load(gate + at), zero)));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(target + at, load<f32>(gate + at) > 0 ? weight * load<f32>(source + at) : 0);
  }
}

// target = max(0, x + y + z)
export function sumRelu(target: usize, x: usize, y: usize, z: usize, cols: i32): void {
  const zero = f32x4.splat(0);
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    const s = f32x4.add(f32x4.add(v128.load(x + at), v128.load(y + at)), v128.load(z + at));
    v128.store(target + at, f32x4.max(zero, s));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(target + at, max<f32>(0, load<f32>(x + at) + load<f32>(y + at) + load<f32>(z + at)));
  }
}

// x = max(0, x + y)
export function biasRelu(x: usize, y: usize, cols: i32): void {
  const zero = f32x4.splat(0);
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    v128.store(x + at, f32x4.max(zero, f32x4.add(v128.load(x + at), v128.load(y + at))));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(x + at, max<f32>(0, load<f32>(x + at) + load<f32>(y + at)));
  }
}

// target *= x, element by element
export function multiplyBy(target: usize, x: usize, cols: i32): void {
  let k: i32 = 0;
  for (; k + 4 <= cols; k += 4) {
    const at = (<usize>k) << 2;
    v128.store(target + at, f32x4.mul(v128.load(target + at), v128.load(x + at)));
  }
  for (; k < cols; k++) {
    const at = (<usize>k) << 2;
    store<f32>(target + at, load<f32>(target + at) * load<f32>(x + at));
  }
}

import { address, integer, real } from "./arguments";

// One Adam step on a run of valuesPerTask values; the host has folded the bias corrections into rate and rootScale.
export function adam(task: i32, block: usize): void {
  const parameters = address(block, 0);
  const gradient = address(block, 1);
  const m = address(block, 2);
  const v = address(block, 3);
  const length = integer(block, 4);
  const rate = <f32>real(block, 5); // lr / (1 - beta1^step)
  const rootScale = <f32>real(block, 6); // 1 / sqrt(1 - beta2^step)
  const beta1 = <f32>real(block, 7);
  const rest1 = <f32>real(block, 8); // 1 - beta1
  const beta2 = <f32>real(block, 9);
  const rest2 = <f32>real(block, 10); // 1 - beta2
  const epsilon = <f32>real(block, 11);
  const decay = <f32>real(block, 12);
  const valuesPerTask = integer(block, 13);
  // A value that gets no gradient for long decays into subnormals, on which arithmetic is many times slower.
  const tiny: f32 = 1e-30;
  let i = task * valuesPerTask;
  const last = min(i + valuesPerTask, length);
  for (; i + 4 <= last; i += 4) {
    const at = (<usize>i) << 2;
    const p = v128.load(parameters + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(f32x4.splat(decay), p));
    let first = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(m + at)), f32x4.mul(f32x4.splat(rest1), g));
    first = v128.andnot(first, f32x4.lt(f32x4.abs(first), f32x4.splat(tiny)));
    let second = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(v + at)),
      f32x4.mul(f32x4.splat(rest2), f32x4.mul(g, g)),
    );
    second = v128.andnot(second, f32x4.lt(second, f32x4.splat(tiny)));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(rootScale)), f32x4.splat(epsilon));
    v128.store(parameters + at, f32x4.sub(p, f32x4.div(f32x4.mul(f32x4.splat(rate), first), root)));
  }
  for (; i < last; i++) {
    const at = (<usize>i) << 2;
    const p = load<f32>(parameters + at);
    const g = load<f32>(gradient + at) + decay * p;
    let first = beta1 * load<f32>(m + at) + rest1 * g;
    if (abs(first) < tiny) first = 0;
    let second = beta2 * load<f32>(v + at) + rest2 * (g * g);
    if (second < tiny) second = 0;
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(parameters + at, p - (rate * first) / (sqrt(second) * rootScale + epsilon));
  }
}

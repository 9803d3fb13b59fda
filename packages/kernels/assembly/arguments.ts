// The argument block holds one f64 per argument, whatever its meaning, so that the host needs no layout table.

// @ts-ignore: decorator
@inline
export function address(block: usize, i: i32): usize {
  return <usize>load<f64>(block + ((<usize>i) << 3));
}

// @ts-ignore: decorator
@inline
export function integer(block: usize, i: i32): i32 {
  return <i32>load<f64>(block + ((<usize>i) << 3));
}

// @ts-ignore: decorator
@inline
export function real(block: usize, i: i32): f64 {
  return load<f64>(block + ((<usize>i) << 3));
}

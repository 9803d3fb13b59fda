// The argument block holds one f64 per argument, whatever its meaning, so that the host needs no layout table, and
// after these the same as 32-bit integers: a conversion from f64 would be free to move into a kernel's loops, and
// engines do move it there.
const wholes: usize = 512;

// @ts-ignore: decorator
@inline
export function address(block: usize, i: i32): usize {
  return load<usize>(block + ((<usize>i) << 2), wholes);
}

// @ts-ignore: decorator
@inline
export function integer(block: usize, i: i32): i32 {
  return load<i32>(block + ((<usize>i) << 2), wholes);
}

// @ts-ignore: decorator
@inline
export function real(block: usize, i: i32): f64 {
  return load<f64>(block + ((<usize>i) << 3));
}

/** @file What a decompressor that writes into given bytes must have filled. */

/**
 * `length` bytes that `into` has filled, all of them.
 * @param {(output: Uint8Array) => Uint8Array} into returns the part that it says it has filled
 * @param {number} length
 * @returns {Uint8Array}
 */
export function filledWhole(into, length) {
  const output = filled(into, length, 0)
  // Frames that end early leave the last byte as it was. Zero may also be what they hold: another start tells.
  if (output[length - 1] === 0 && filled(into, length, 255)[length - 1] !== 0)
    throw new Error(`a page of fewer than the ${length} bytes that are declared`)
  return output
}

/** @param {(output: Uint8Array) => Uint8Array} into @param {number} length @param {number} last */
function filled(into, length, last) {
  const output = new Uint8Array(length)
  output[length - 1] = last
  const found = into(output)
  if (found.length !== length) throw new Error(`a page of ${found.length} bytes where ${length} are declared`)
  return found
}

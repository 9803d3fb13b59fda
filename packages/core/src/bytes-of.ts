/** @file The bytes of a typed array, which may be a view of a longer buffer: a Node Buffer nearly always is one. */

/** The bytes of `view` itself, not copied. `view.buffer` alone may start earlier and end later. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** @file Whole numbers in bytes, the lowest byte first; a place beyond the end is a RangeError. */

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function readU16(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getUint16(at, true)
}

export function readU32(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getUint32(at, true)
}

export function readU64(bytes: Uint8Array, at: number): bigint {
  return viewOf(bytes).getBigUint64(at, true)
}

export function writeU16(bytes: Uint8Array, value: number, at: number): void {
  viewOf(bytes).setUint16(at, value, true)
}

export function writeU32(bytes: Uint8Array, value: number, at: number): void {
  viewOf(bytes).setUint32(at, value, true)
}

export function writeU64(bytes: Uint8Array, value: bigint, at: number): void {
  viewOf(bytes).setBigUint64(at, value, true)
}

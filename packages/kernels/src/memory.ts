/**
 * @file Arrays in the kernels' shared linear memory. Kernels read such arrays in place; any other array is copied in
 * and out. Shared memory never detaches its views when it grows.
 */

const page = 65536
const alignment = 64

/** A WebAssembly.Memory, in words of the standard library: programs without types of browsers can then check ours. */
interface KernelMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Shared with every worker; reserves address space for 4 GiB, commits what is used. */
export const memory: KernelMemory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true })

interface Block {
  address: number
  size: number
}

// The first two pages hold the argument block and the module's constants.
let end = 2 * page
const free: Block[] = []
const sizes = new Map<number, number>()
const buffers = new WeakSet<ArrayBufferLike>([memory.buffer])

/** Reserves `bytes` (aligned to 64) and returns the address. */
export function allocateBytes(bytes: number): number {
  // One NaN here would leave every later address without meaning.
  if (!(bytes >= 0)) throw new RangeError(`allocate: expected a number of bytes, got ${bytes}`)
  const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
  const at = free.findIndex((block) => block.size >= size)
  if (at >= 0) {
    const block = free[at]!
    const address = block.address
    block.address += size
    block.size -= size
    if (block.size === 0) free.splice(at, 1)
    sizes.set(address, size)
    return address
  }
  const address = end
  const missing = address + size - memory.buffer.byteLength
  if (missing > 0) {
    try {
      memory.grow(Math.ceil(missing / page))
    } catch (cause) {
      throw new RangeError(`allocate: expected at most 4 GiB of kernel memory in use, got ${address + size} bytes`, {
        cause,
      })
    }
    buffers.add(memory.buffer)
  }
  end = address + size
  sizes.set(address, size)
  return address
}

/** Gives back what `allocateBytes` returned; neighbouring free blocks merge. */
export function releaseBytes(address: number): void {
  const size = sizes.get(address)
  if (size === undefined) throw new RangeError(`release: expected an allocated array, got address ${address}`)
  sizes.delete(address)
  let at = free.findIndex((block) => block.address > address)
  if (at < 0) at = free.length
  free.splice(at, 0, { address, size })
  const next = free[at + 1]
  if (next && address + size === next.address) {
    free[at]!.size += next.size
    free.splice(at + 1, 1)
  }
  const previous = free[at - 1]
  if (previous && previous.address + previous.size === address) {
    previous.size += free[at]!.size
    free.splice(at, 1)
  }
  const last = free[free.length - 1]
  if (last && last.address + last.size === end) {
    end = last.address
    free.pop()
  }
}

/** A zeroed float32 array in kernel memory, to be given back with `release`. */
export function allocate(length: number): Float32Array {
  const address = allocateBytes(length * 4)
  return new Float32Array(memory.buffer, address, length).fill(0)
}

/** A zeroed int32 array in kernel memory, to be given back with `release`. */
export function allocateInt32(length: number): Int32Array {
  const address = allocateBytes(length * 4)
  return new Int32Array(memory.buffer, address, length).fill(0)
}

/** Gives an array of `allocate` or `allocateInt32` back; the array must not be used afterwards. */
export function release(array: Float32Array | Int32Array): void {
  releaseBytes(array.byteOffset)
}

/** Bytes of linear memory committed so far, at most what was in use at once. */
export function kernelMemoryBytes(): number {
  return memory.buffer.byteLength
}

type Numbers = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array

/** The arrays of one kernel call: addresses for the kernel, copies only where an array lives elsewhere. */
export interface Frame {
  /** The address of an input. */
  input(array: Numbers): number
  /** The address of an input in float64. */
  doubles(array: Float64Array): number
  /** The address of an output, copied back on close; `keep` also copies its present values in. */
  output(array: Numbers, keep?: boolean): number
  /** Scratch of that many bytes, not cleared. */
  scratch(bytes: number): number
  close(): void
}

export function openFrame(): Frame {
  const taken: number[] = []
  const results: { array: Numbers; address: number }[] = []
  const bytesAt = (address: number, array: ArrayBufferView): Uint8Array =>
    new Uint8Array(memory.buffer, address, array.byteLength)
  const bytesOf = (array: ArrayBufferView): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const scratch = (bytes: number): number => {
    const address = allocateBytes(bytes)
    taken.push(address)
    return address
  }
  const copied = (array: ArrayBufferView): number => {
    if (buffers.has(array.buffer)) return array.byteOffset
    const address = scratch(array.byteLength)
    bytesAt(address, array).set(bytesOf(array))
    return address
  }
  return {
    scratch,
    input(array) {
      checkKind(array)
      return copied(array)
    },
    doubles(array) {
      if (!(array instanceof Float64Array)) throw misfit('a Float64Array', array)
      return copied(array)
    },
    output(array, keep = false) {
      checkKind(array)
      if (buffers.has(array.buffer)) return array.byteOffset
      const address = scratch(array.byteLength)
      if (keep) bytesAt(address, array).set(bytesOf(array))
      results.push({ array, address })
      return address
    },
    close() {
      for (const { array, address } of results) bytesOf(array).set(bytesAt(address, array))
      for (const address of taken) releaseBytes(address)
    },
  }
}

/** Kernels read bytes: eight of them for a number where four are meant would be two other numbers. */
function checkKind(array: Numbers): void {
  if (!ArrayBuffer.isView(array) || (array as object) instanceof Float64Array)
    throw misfit('a Float32Array, or a typed array of whole numbers', array)
}

function misfit(expected: string, got: unknown): RangeError {
  return new RangeError(`kernels: expected ${expected}, got ${(got as object | undefined)?.constructor?.name ?? got}`)
}

/**
 * @file Reading Thrift's compact protocol, which Parquet writes its headers in. Reading is bounded by the bytes that
 * are there: no count is believed before as many bytes follow, numbers end after ten bytes, and structs nest sixteen
 * deep at most. (hyparquet's own reader takes memory for as many items as a list declares: seven bytes come to 270
 * MiB.) Plain JavaScript, so that a worker needs no loader.
 *
 * @typedef {{ type: number, value: ThriftValue }} ThriftField
 * @typedef {Map<number, ThriftField>} ThriftStruct Fields by their id.
 * @typedef {{ type: number, items: readonly ThriftValue[] }} ThriftList
 * @typedef {boolean | number | bigint | Uint8Array | ThriftList | ThriftStruct | ThriftBytes} ThriftValue Whole numbers
 * are bigint where the protocol has 64 bits; a double is its eight bytes.
 * @typedef {{ encoded: Uint8Array }} ThriftBytes A value of any type that is only written again: the bytes that it has.
 */

/** Type codes of the protocol. */
export const thriftTypes = /** @type {const} */ ({
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
})

const DEEPEST = 16

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @param {Uint8Array} bytes @param {number} start */
function cursor(bytes, start) {
  let at = start
  const byte = () => {
    if (at >= bytes.length) throw new Error('a header ends early')
    return /** @type {number} */ (bytes[at++])
  }
  /**
   * A number below 2^28, which most are, or else a bigint: a million of those fill memory. @returns {number | bigint}
   */
  const varint = () => {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const next = byte()
      low |= (next & 0x7f) << shift
      if (next < 0x80) return low
    }
    let value = BigInt(low)
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const next = byte()
      value |= BigInt(next & 0x7f) << shift
      if (next < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Error('a number of more than ten bytes')
  }
  /** @returns {number | bigint} */
  const zigzag = () => {
    const value = varint()
    if (typeof value === 'number') return (value >>> 1) ^ -(value & 1)
    return (value >> 1n) ^ -(value & 1n)
  }
  /** @param {number} length */
  const pass = (length) => {
    if (length > bytes.length - at) throw new Error(`${length} bytes where ${bytes.length - at} are left`)
    at += length
  }
  /** @param {number} length */
  const take = (length) => {
    pass(length)
    return bytes.subarray(at - length, at)
  }
  /** @returns {{ type: number, count: number }} */
  const listHead = () => {
    const head = byte()
    const count = head >> 4 === 15 ? Number(varint()) : head >> 4
    if (count > bytes.length - at) throw new Error(`a list of ${count} where ${bytes.length - at} bytes are left`)
    return { type: head & 15, count }
  }
  /**
   * Fields of a struct; what stands behind each is read by `visit`.
   * @param {(id: number, type: number) => void} visit
   */
  const fields = (visit) => {
    // Ids below 32 are bits of `low`.
    let low = 0
    /** @type {Set<number> | undefined} */
    let seen
    let id = 0
    for (;;) {
      const head = byte()
      if (head === 0) return
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4)
      const bit = id >= 0 && id < 32 ? 1 << id : 0
      if ((low & bit) !== 0 || seen?.has(id)) throw new Error(`field ${id} twice`)
      low |= bit
      if (bit === 0) (seen ??= new Set()).add(id)
      visit(id, head & 15)
    }
  }
  return { at: () => at, byte, varint, zigzag, pass, take, listHead, fields }
}

/**
 * Reads or passes over one value.
 * @param {ReturnType<typeof cursor>} input
 * @param {number} type
 * @param {number} depth
 * @returns {ThriftValue}
 */
function valueAt(input, type, depth) {
  if (type === thriftTypes.true) return true
  if (type === thriftTypes.false) return false
  if (type === thriftTypes.byte) return (input.byte() << 24) >> 24
  if (type === thriftTypes.i16 || type === thriftTypes.i32) {
    const value = input.zigzag()
    return typeof value === 'number' ? value : Number(BigInt.asIntN(32, value))
  }
  if (type === thriftTypes.i64) return BigInt(input.zigzag())
  if (type === thriftTypes.double) return input.take(8)
  if (type === thriftTypes.binary) return input.take(Number(input.varint()))
  if (type === thriftTypes.list || type === thriftTypes.set) {
    const { type: itemType, count } = input.listHead()
    const isBoolean = itemType === thriftTypes.true || itemType === thriftTypes.false
    if (depth >= DEEPEST) throw new Error(`structs more than ${DEEPEST} deep`)
    /** @type {ThriftValue[]} */
    const items = []
    for (let i = 0; i < count; i++) items.push(isBoolean ? input.byte() === 1 : valueAt(input, itemType, depth + 1))
    return { type: itemType, items }
  }
  if (type === thriftTypes.struct) return structAt(input, depth + 1)
  throw new Error(`a value of the unknown type ${type}`)
}

/** @param {ReturnType<typeof cursor>} input @param {number} depth @returns {ThriftStruct} */
function structAt(input, depth) {
  if (depth > DEEPEST) throw new Error(`structs more than ${DEEPEST} deep`)
  /** @type {ThriftStruct} */
  const found = new Map()
  input.fields((id, type) => found.set(id, { type, value: valueAt(input, type, depth) }))
  return found
}

/**
 * Passes over one value, without a copy of it. @param {ReturnType<typeof cursor>} input @param {number} type @param
 * {number} depth
 */
function skip(input, type, depth) {
  if (depth > DEEPEST) throw new Error(`structs more than ${DEEPEST} deep`)
  if (type === thriftTypes.struct) input.fields((_, fieldType) => skip(input, fieldType, depth + 1))
  else if (type === thriftTypes.list || type === thriftTypes.set) {
    const { type: itemType, count } = input.listHead()
    const isBoolean = itemType === thriftTypes.true || itemType === thriftTypes.false
    for (let i = 0; i < count; i++) {
      if (isBoolean) input.byte()
      else skip(input, itemType, depth + 1)
    }
  } else if (type === thriftTypes.i16 || type === thriftTypes.i32 || type === thriftTypes.i64) input.varint()
  else if (type === thriftTypes.double) input.pass(8)
  else if (type === thriftTypes.binary) input.pass(Number(input.varint()))
  else valueAt(input, type, depth)
}

/**
 * The struct at `start`, and the byte after it.
 * @param {Uint8Array} bytes
 * @param {number} [start]
 * @returns {{ struct: ThriftStruct, end: number }} @throws Error on anything but one complete struct.
 */
export function readThrift(bytes, start = 0) {
  const input = cursor(bytes, start)
  return { struct: structAt(input, 0), end: input.at() }
}

/**
 * Where the fields of the struct at `start` stand, for those too large to be held as a tree.
 * @param {Uint8Array} bytes
 * @param {number} [start]
 * @returns {{ places: Map<number, { type: number, at: number, end: number }>, end: number }}
 */
export function thriftPlaces(bytes, start = 0) {
  const input = cursor(bytes, start)
  /** @type {Map<number, { type: number, at: number, end: number }>} */
  const places = new Map()
  input.fields((id, type) => {
    const at = input.at()
    skip(input, type, 0)
    places.set(id, { type, at, end: input.at() })
  })
  return { places, end: input.at() }
}

/**
 * The fields of the struct at `start` as their bytes, to be written again, without those of `left`.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {readonly number[]} left
 * @returns {ThriftStruct}
 */
export function encodedFields(bytes, start, left) {
  const { places } = thriftPlaces(bytes, start)
  for (const id of left) places.delete(id)
  return new Map(
    [...places].map(([id, { type, at, end }]) => [id, { type, value: { encoded: bytes.subarray(at, end) } }]),
  )
}

/**
 * Where the structs of a list stand; none where it is missing.
 * @param {Uint8Array} bytes
 * @param {{ type: number, at: number } | undefined} place
 * @returns {number[]}
 */
export function structPlaces(bytes, place) {
  if (!place) return []
  const input = cursor(bytes, place.at)
  if (place.type !== thriftTypes.list) throw new Error('a field of a header is no list')
  const { type, count } = input.listHead()
  if (count > 0 && type !== thriftTypes.struct) throw new Error('a field of a header is no list of structs')
  /** @type {number[]} */
  const starts = []
  for (let i = 0; i < count; i++) {
    starts.push(input.at())
    skip(input, type, 0)
  }
  return starts
}

/**
 * The whole number at a place, or undefined where there is none.
 * @param {Uint8Array} bytes
 * @param {{ type: number, at: number } | undefined} place
 * @returns {number | undefined} @throws Error as numberField.
 */
export function numberAt(bytes, place) {
  return (
    place &&
    numberField(new Map([[0, { type: place.type, value: valueAt(cursor(bytes, place.at), place.type, 0) }]]), 0)
  )
}

/**
 * A whole number of a field, or undefined where it is missing.
 * @param {ThriftStruct} struct
 * @param {number} id
 * @returns {number | undefined} @throws Error where it is no number below 2^53.
 */
export function numberField(struct, id) {
  const value = struct.get(id)?.value
  if (value === undefined) return undefined
  const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : NaN
  if (!Number.isSafeInteger(number)) throw new Error(`field ${id} of a header is no number`)
  return number
}

/** @param {ThriftStruct} struct @param {number} id @returns {ThriftStruct | undefined} */
export function structField(struct, id) {
  const value = struct.get(id)?.value
  if (value !== undefined && !(value instanceof Map)) throw new Error(`field ${id} of a header is no struct`)
  return value
}

/** @param {ThriftStruct} struct @param {number} id @returns {string | undefined} */
export function textField(struct, id) {
  const value = struct.get(id)?.value
  if (value === undefined) return undefined
  if (!(value instanceof Uint8Array)) throw new Error('a name in a header is no text')
  return utf8.decode(value)
}

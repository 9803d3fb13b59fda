/** @file safetensors files whose headers lie, repeat, overlap, nest or fill memory. */

import { bytesOfValues, refused, right, users, type HostileFile } from './hostile-file.ts'

const size = bytesOfValues.length
const tensor = { dtype: 'F32', shape: [users, 4], data_offsets: [0, size] }
const json = JSON.stringify(tensor)

function file(header: unknown, body: Uint8Array = bytesOfValues, length?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(length ?? BigInt(text.length))
  return Buffer.concat([head, text, body])
}

const changed = (fields: object) => (): Buffer => file({ a: { ...tensor, ...fields } })
const none = new Uint8Array(0)

/** A header of so many tensors without values. */
function emptyTensors(count: number): string {
  const tensors = Array.from({ length: count }, (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)
  return `{${tensors.join(',')}}`
}

export const safetensorsFiles: readonly HostileFile[] = [
  ...right('safetensors', {
    ok: () => file({ embedding: tensor }),
    ctor: () => file({ constructor: tensor }),
    proto: () => file(`{"__proto__":${json}}`),
    float: () => file(`{"a":${json.replace(`[${users},4]`, `[${users}.0,4]`)}}`),
  }),
  ...refused('safetensors', {
    overlap: () => file({ a: tensor, b: tensor }),
    partial: () =>
      file(
        { a: tensor, b: { ...tensor, data_offsets: [160, size + 160] } },
        Buffer.concat([bytesOfValues, bytesOfValues.subarray(0, 160)]),
      ),
    hole: () =>
      file(
        { a: tensor, b: { dtype: 'U8', shape: [4], data_offsets: [size + 10, size + 14] } },
        Buffer.concat([bytesOfValues, Buffer.alloc(14)]),
      ),
    hdr2e63: () => file({ a: tensor }, bytesOfValues, 2n ** 63n),
    hdr100m: () => file({ a: tensor }, bytesOfValues, 100_000_000n),
    nan: () => file(`{"a":${json.replace(`[${users}`, '[NaN')}}`),
    '1e400': () => file(`{"a":${json.replace(`[${users}`, '[1e400')}}`),
    neg: changed({ shape: [-users, -4] }),
    zero: () => file({ a: { dtype: 'F32', shape: [Number.MAX_SAFE_INTEGER, 0], data_offsets: [0, 0] } }, none),
    zero2: () => file({ a: { dtype: 'F32', shape: [0, 4], data_offsets: [0, 0] } }, none),
    dupkey: () => file(`{"a":${json},"a":${json}}`),
    dupinner: () => file(`{"a":${json.replace('{', '{"dtype":"F64",')}}`),
    array: () => file('[]'),
    null: () => file('{"a":null}'),
    dtype_proto: changed({ dtype: '__proto__' }),
    deep: () => file(`{"a":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`, none),
    deepmeta: () => file(`{"__metadata__":${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}}`, none),
    many: () => file(emptyTensors(1_500_000), none),
    most: () => file(emptyTensors(140_000), none),
    ansi: () => file({ '\x1b[31mx': tensor, '\u202egnp': tensor }),
    manydims: changed({ shape: [...Array<number>(200_000).fill(1), users * 4] }),
  }),
]

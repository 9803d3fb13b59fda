/** @file npz archives that inflate beyond measure, lie of what they hold, or name paths. */

import { crc32, deflateRawSync, constants } from 'node:zlib'
import { randomStream } from '@indistinct/core'
import { refused, right, type HostileFile } from './hostile-file.ts'
import { header, npy, plainNpy } from './npy-files.ts'

interface Entry {
  readonly name: string
  /** As they stand in the archive. */
  readonly bytes: Uint8Array
  readonly crc: number
  readonly size: number
}

const MIB = 1 << 20

function entry(name: string, body: Uint8Array): Entry {
  return { name, bytes: deflateRawSync(body), crc: crc32(body), size: body.length }
}

/** A table of `mib` times a block of 1 MiB, deflated block by block. */
function repeated(name: string, mib: number, block: Uint8Array): Entry {
  const head = npy(header(`(${mib * 65_536}, 4)`), new Uint8Array(0))
  const piece = deflateRawSync(block, { finishFlush: constants.Z_FULL_FLUSH })
  const first = deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH })
  let crc = crc32(head)
  for (let i = 0; i < mib; i++) crc = crc32(block, crc)
  const bytes = Buffer.concat([first, ...Array.from({ length: mib }, () => piece), deflateRawSync(new Uint8Array(0))])
  return { name, bytes, crc, size: head.length + mib * MIB }
}

const zeros = (name: string, mib: number): Entry => repeated(name, mib, new Uint8Array(MIB))
const random = randomStream(1, 'archives')
/** A block that deflates to a sixty-fourth. */
const sparse = (): Uint8Array => Uint8Array.from({ length: MIB }, (_, i) => (i < MIB / 66 ? random.integer(256) : 0))

function zip(entries: readonly Entry[]): Buffer {
  const pieces: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const { name, bytes, crc, size } of entries) {
    const raw = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(0x21, 12)
    local.writeUInt32LE(crc, 14)
    local.writeUInt32LE(bytes.length, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(raw.length, 26)
    const record = Buffer.alloc(46)
    record.writeUInt32LE(0x02014b50)
    record.writeUInt16LE(20, 4)
    local.copy(record, 6, 4, 30)
    record.writeUInt32LE(at, 42)
    pieces.push(local, raw, bytes)
    directory.push(record, raw)
    at += local.length + raw.length + bytes.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...pieces, ...directory, end])
}

/** The archive of the plain table, with a field of 16 bits changed behind the last or first such signature. */
function changed(signature: string, field: number, value: number): Buffer {
  const bytes = zip([entry('embedding.npy', plainNpy)])
  bytes.writeUInt16LE(value, bytes.lastIndexOf(signature, undefined, 'latin1') + field)
  return bytes
}

const plain =
  (...names: string[]) =>
  (): Buffer =>
    zip(names.map((name) => entry(name, plainNpy)))

export const npzFiles: readonly HostileFile[] = [
  ...right('npz', {
    ok: plain('embedding.npy'),
    // Nothing of an archive is ever written to a path of its own.
    trav: plain('../escaped.npy'),
    abs: plain('/etc/cron.d/x.npy'),
    dup2: () =>
      zip([entry('embedding.npy', plainNpy), entry('embedding', plainNpy), entry('EMBEDDING.npy', Buffer.from('x'))]),
    proto: () => zip([entry('__proto__.npy', plainNpy), entry('constructor.npy', Buffer.from('x'))]),
  }),
  ...refused('npz', {
    dup: plain('embedding.npy', 'embedding.npy'),
    ansi: () => zip([entry('\x1b[31mred\x1b]8;;http://evil/\x07.npy', Buffer.from('zzz'))]),
    bomb2g: () => zip([zeros('embedding.npy', 2048)]),
    bomb_lie_small: () => zip([{ ...zeros('embedding.npy', 2048), size: plainNpy.length }]),
    bomb63m: () => zip([zeros('embedding.npy', 63)]),
    bomb100: () => zip([repeated('embedding.npy', 1024, sparse())]),
    '65k': () =>
      zip(
        Array.from({ length: 65_535 }, (_, i) => ({
          name: `${String(i).padStart(5, '0')}.npy`,
          bytes: Buffer.from([3, 0]),
          crc: 0,
          size: 0,
        })),
      ),
    z64: () => changed('PK\x05\x06', 10, 0xffff),
    encr: () => changed('PK\x01\x02', 8, 1),
  }),
  {
    name: 'many63m.npz',
    make: () => {
      const one = zeros('', 63)
      return zip(Array.from({ length: 400 }, (_, i) => ({ ...one, name: `a${i}.npy` })))
    },
    outcome: 'unread',
    says: /several arrays could be the table.*--table-key/,
  },
]

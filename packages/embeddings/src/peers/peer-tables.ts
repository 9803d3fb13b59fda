/**
 * @file Differential tests against another program: it writes tables, which are read here value by value and id by id;
 * what is written here, some values moved, it reads again and compares by itself.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf, matrix } from '@indistinct/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddingTable, withMatrix, type Dtype, type EmbeddingTable } from '../embedding-table.ts'
import { pythonWith } from './python-peer.ts'
import { readTable, type ReadTableOptions } from '../read-table.ts'
import { writeTable } from '../write-table.ts'

/** Dimensions of the tables. */
export const K = 3

/** Cells spread by a prime over eighths, which every type holds exactly. */
export function given(rows: number, dtype: Dtype): Float64Array {
  const [base, shift] = dtype === 'f2' ? [2048, 128] : [1_000_003, 60_000]
  return Float64Array.from({ length: rows * K }, (_, p) => ((p * 7919) % base) / 8 - shift)
}

/** Every other value moved by one. */
export const moved = (values: Float64Array): Float64Array => values.map((value, p) => (p % 2 ? value : value + 1))

const idKinds = {
  text: (i: number) => `${i % 5 ? 'u' : 'ж'}${i}`,
  /** From 2^53 on, where floating-point numbers would merge neighbours. */
  big: (i: number) => String(2n ** 53n + BigInt(i)),
  number: String,
}

export interface PeerTable {
  /** What is special to it: of codec, version of pages, or shape. */
  readonly name: string
  readonly extension: string
  readonly rows: number
  readonly dtype: Dtype
  readonly ids: keyof typeof idKinds
  /** Whether there is a column `note` of text with nulls. */
  readonly notes?: boolean
  /** Only written here: the other program has but to read it. */
  readonly ours?: boolean
  readonly options?: ReadTableOptions
  /** What the Python code goes by. */
  readonly [detail: string]: unknown
}

/** `given`, `moved`, ids and notes in Python; tables are written, or read and compared. */
const PRELUDE = `
import sys, json, numpy as np
K = ${K}
def values(spec):
    p = np.arange(spec["rows"] * K, dtype=np.int64) * 7919
    v = (p % 2048) / 8 - 128 if spec["dtype"] == "f2" else (p % 1000003) / 8 - 60000
    return v.reshape(-1, K).astype("<" + spec["dtype"])
def ids(spec):
    rows = range(spec["rows"])
    if spec["ids"] == "text": return [("u" if i % 5 else "ж") + str(i) for i in rows]
    return {"big": [2**53 + i for i in rows], "number": list(rows)}[spec["ids"]]
def notes(spec):
    return [None if i % 7 == 0 else f"note {i % 5}" for i in range(spec["rows"])] if spec.get("notes") else None
`
/** `read(spec, path)` gives ids, values and notes; null texts are read back as null where they were copied. */
const MAIN = `
specs = json.load(open(sys.argv[2], encoding="utf8"))
wrong = []
for spec in specs:
    if sys.argv[1] == "write":
        if not spec.get("ours"): write(spec, spec["path"])
        continue
    found_ids, found, found_notes = read(spec, spec["out"])
    expected = values(spec).astype("<f8").ravel()
    expected[::2] += 1
    found = np.asarray(found)
    if spec.get("typed", True) and found.dtype != np.dtype("<" + spec["dtype"]):
        wrong.append([spec["name"], "type", str(found.dtype)])
    if found.shape != (spec["rows"], K) or not (found.astype("<f8").ravel() == expected).all():
        wrong.append([spec["name"], "values"])
    if found_ids is not None and list(found_ids) != ids(spec):
        wrong.append([spec["name"], "ids", str(list(found_ids)[:3])])
    if found_notes is not None:
        blank = "" if spec.get("ours") or spec.get("blank") else None
        if list(found_notes) != [blank if note is None else note for note in notes(spec)]:
            wrong.append([spec["name"], "notes"])
print(json.dumps([len(specs), wrong]))
`

/**
 * Registers tests of `tables` with Python's `modules`.
 * @param code defines write(spec, path) and read(spec, path) -> ids or None, values (N, K), notes or None
 */
export function comparedWithPython(modules: readonly string[], tables: readonly PeerTable[], code: string): void {
  const python = pythonWith('numpy', ...modules)
  describe.skipIf(!python)(`tables of ${modules.join(' and ') || 'numpy'}`, () => {
    let folder: string
    const places = (name: string): { path: string; out: string } => ({
      path: join(folder, name),
      out: join(folder, `out-${name}`),
    })
    const specs = (): unknown[] => tables.map((table, t) => ({ ...table, ...places(`${t}.${table.extension}`) }))
    const runPython = (mode: 'write' | 'read'): string => {
      writeFileSync(join(folder, 'specs.json'), JSON.stringify(specs()))
      return python!(PRELUDE + code + MAIN, mode, join(folder, 'specs.json'))
    }
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'indistinct-peer-'))
      runPython('write')
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    test.each(tables.map((table, t) => [table.name, table.rows, table, t] as const))(
      '%s, %i rows',
      async (_, rows, table, t) => {
        const { path, out } = places(`${t}.${table.extension}`)
        const read = table.ours ? ownTable(table) : await readTable(path, table.options)
        if (!table.ours) expectGiven(read, table)
        const values = moved(given(rows, table.dtype))
        const after = withMatrix(read, matrix(rows, K, Float32Array.from(values)))
        await writeTable(out, after.exact ? { ...after, exact: values } : after)
      },
    )

    test('are read again by it as they were written here', () => {
      expect(JSON.parse(runPython('read'))).toEqual([tables.length, []])
    })
  })
}

/** @throws where a table is not the one that was given. */
function expectGiven(table: EmbeddingTable, { rows, dtype, ids, notes, extension }: PeerTable): void {
  const found = Float64Array.from(table.exact ?? table.matrix.data)
  if (extension !== 'csv' && extension !== 'tsv') expect(table.dtype).toBe(dtype)
  expect([table.matrix.rows, table.matrix.cols]).toEqual([rows, K])
  expect(Buffer.compare(bytesOf(found), bytesOf(given(rows, dtype)))).toBe(0)
  expect(table.ids).toEqual(Array.from({ length: rows }, (_, i) => idKinds[ids](i)))
  if (notes)
    expect(table.columns).toEqual([
      { name: 'note', values: Array.from({ length: rows }, (_, i) => (i % 7 ? `note ${i % 5}` : '')) },
    ])
}

function ownTable({ rows, dtype, ids, notes, header }: PeerTable): EmbeddingTable {
  const values = given(rows, dtype)
  return embeddingTable({
    matrix: matrix(rows, K, Float32Array.from(values)),
    dtype,
    ids: Array.from({ length: rows }, (_, i) => idKinds[ids](i)),
    idColumn: 'id',
    ...(dtype === 'f8' && { exact: values }),
    ...(notes && {
      columns: [{ name: 'note', values: Array.from({ length: rows }, (_, i) => (i % 7 ? `note ${i % 5}` : '')) }],
    }),
    ...(Array.isArray(header) && { header: header as string[] }),
  })
}

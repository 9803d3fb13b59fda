/**
 * @file Folders of Parquet parts, as Spark, Dask and others write one table. Their bytes are those of the parts, one
 * after another in the order of their names.
 */

import { badData, fileError, latin1Text } from '@indistinct/core'
import { existsSync, join, readdirSync } from '@indistinct/core/platform'
import { fileSource, joinedSource, type ByteSource } from '../../files/byte-source.ts'
import { fileReason } from '../../files/file-reason.ts'
import { columnList } from '../../labels/column-list.ts'
import { quoted } from '../../quoted.ts'
import type { ParquetFile } from './parquet-contents.ts'
import { isFolder } from '../../files/is-folder.ts'
import { readThrift, structPlaces, thriftPlaces, type ThriftStruct } from './thrift-read.js'

/** part-2 before part-10: many programs write numbers without zeros before them. */
const byNumber = new Intl.Collator('en', { numeric: true })

/**
 * Names of the parts in `folder`, in their order: numbers in them by value. Names that begin with `_` or `.`, such as
 * _SUCCESS, are no parts.
 * @throws IndistinctError 'bad-data' where there are none, where something else lies there, and where a job is still
 * writing; 'file' where the folder cannot be read.
 */
function partNames(folder: string): string[] {
  let entries: string[]
  try {
    entries = readdirSync(folder)
  } catch (cause) {
    throw fileError(`cannot read ${folder}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  if (existsSync(join(folder, '_temporary'))) {
    throw badData(
      `${folder}: _temporary is there, so that a job still writes its parts, or was broken off; wait for it, or ` +
        'run it again',
    )
  }
  const seen = entries.filter((name) => !/^[_.]/.test(name))
  const stranger = seen.sort().find((name) => !/\.parquet$/i.test(name) || isFolder(join(folder, name)))
  if (stranger !== undefined) {
    const what = isFolder(join(folder, stranger)) ? `the folder ${quoted(stranger)}` : `the file ${quoted(stranger)}`
    throw badData(
      `${folder}: expected a folder of Parquet parts (part-*.parquet) and nothing else, got ${what}; name one ` +
        'file, or move what is no part elsewhere',
    )
  }
  if (seen.length === 0) throw badData(`${folder}: expected a folder of Parquet parts (part-*.parquet), got none`)
  return seen.sort((a, b) => byNumber.compare(a, b) || (a < b ? -1 : 1))
}

/**
 * A file, or the parts of a folder, as one source.
 * @throws IndistinctError as partNames, and 'file' where a file cannot be read.
 */
export function fileOrPartsSource(path: string): ByteSource {
  return isFolder(path) ? partsSource(path) : fileSource(path)
}

function partsSource(folder: string): ByteSource {
  const sources: ByteSource[] = []
  try {
    for (const name of partNames(folder)) sources.push(fileSource(join(folder, name)))
    return joinedSource(folder, sources)
  } catch (error) {
    for (const source of sources) source.close()
    throw error
  }
}

/** The field of a schema's element that numbers it: no reader goes by it, and it may differ between parts. */
const FIELD_ID = 9

/**
 * The files of `source`'s parts as one file, with the schema and the metadata of the first.
 * @throws IndistinctError 'bad-data' where their schemas differ.
 */
export function joinedFile(source: ByteSource, files: readonly ParquetFile[]): ParquetFile {
  const first = files[0]!
  const schema = schemaText(first)
  for (const file of files) {
    if (file === first || schemaText(file) === schema) continue
    const names = (of: ParquetFile): string => columnList(of.columns.map(({ name }) => name))
    const differs = names(file) === names(first) ? `the same names, ${names(file)}, of other types` : names(file)
    throw badData(
      `${file.source.name}: expected the columns of ${first.source.name}, ${names(first)}, as parts of one table ` +
        `have them, got ${differs}`,
    )
  }
  return {
    ...first,
    source,
    groups: files.flatMap(({ groups }, f) => groups.map((group) => ({ ...group, at: source.parts![f]!.at }))),
  }
}

function schemaText({ footer }: ParquetFile): string {
  const plain = (value: unknown): unknown => {
    if (value instanceof Map)
      return [...(value as ThriftStruct)]
        .filter(([id]) => id !== FIELD_ID)
        .map(([id, field]) => [id, plain(field.value)])
    if (value instanceof Uint8Array) return latin1Text(value)
    return typeof value === 'bigint' ? String(value) : value
  }
  const elements = structPlaces(footer, thriftPlaces(footer).places.get(2)).map((place, e) => {
    const { struct } = readThrift(footer, place)
    // The root's own name says who wrote it.
    if (e === 0) struct.delete(4)
    return plain(struct)
  })
  return JSON.stringify(elements)
}

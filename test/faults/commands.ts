/**
 * @file Everything that writes files: commands of the command line in each format, stage artifacts and fetched data.
 */

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { matrix, randomStream, sha256 } from '@indistinct/core'
import { fetchDataset, type KnownDataset } from '@indistinct/datasets'
import { embeddingTable, writeTable } from '@indistinct/embeddings'
import { strToU8, zipSync } from 'fflate'
import { makeArtifact } from '../../apps/experiments/src/store/artifact-folder.ts'
import { run } from '../../apps/indistinct/src/run.ts'
import { bundled } from './bundle.ts'
import type { Workplace } from './place.ts'
import { quickAttack } from '../../apps/indistinct/src/end-to-end/quick-attack.ts'

export type Command = Pick<Workplace, 'process' | 'run' | 'last' | 'together' | 'fresh' | 'isWhole'>

/** A table (users, 8) of this format with ids, and labels. */
async function inputs(folder: string, users: number, extension: string): Promise<string[]> {
  const random = randomStream(1, 'faults')
  const table = join(folder, `users.${extension}`)
  const ids = Array.from({ length: users }, (_, i) => `u${i}`)
  await writeTable(
    table,
    embeddingTable({
      matrix: matrix(
        users,
        8,
        Float32Array.from({ length: users * 8 }, () => random.normal()),
      ),
      ids,
      idColumn: 'id',
    }),
    { force: true },
  )
  writeFileSync(join(folder, 'people.csv'), `id,gender\n${ids.map((id, i) => `${id},${'FM'[i % 2]}`).join('\n')}\n`)
  const beside = ['npy', 'safetensors'].includes(extension) ? ['--ids', `${table}.ids.csv`] : []
  return [table, ...beside, '--attributes', join(folder, 'people.csv'), '--attribute', 'gender']
}

function commandLine(args: readonly string[]): Pick<Command, 'process' | 'run'> {
  return { process: [bundled.binary, ...args], run: () => run(args) }
}

const unlearn =
  (extension: string, fresh = false) =>
  async (folder: string, users: number): Promise<Command> => {
    const out = (name: string): string => join(folder, 'out', name)
    const args = [
      'unlearn',
      ...(await inputs(folder, users, extension)),
      '--method',
      'mean-matching',
      '--out',
      out(`o.${extension}`),
      '--delta',
      out('o.delta'),
      '--fit',
      out('o.fit'),
      '--force',
      '--quiet',
    ]
    const given = fresh ? args.filter((each) => each !== '--force') : args
    return { ...commandLine(given), last: `o.${extension}`, fresh }
  }

const battery = [...quickAttack, '--force', '--quiet']

/** Times stand in these files: whole ones are told by their ends. */
const isWhole = (name: string, bytes: Uint8Array): boolean => {
  const text = Buffer.from(bytes).toString('utf8')
  if (name.endsWith('.html')) return text.startsWith('<!DOCTYPE html>') && text.trimEnd().endsWith('</html>')
  try {
    return text.endsWith('}\n') && typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

export const commands = {
  'unlearn npy': unlearn('npy'),
  'unlearn npz': unlearn('npz'),
  'unlearn parquet': unlearn('parquet'),
  'unlearn safetensors': unlearn('safetensors'),
  'unlearn csv': unlearn('csv'),
  'unlearn npy, nothing there': unlearn('npy', true),
  async restore(folder: string, users: number): Promise<Command> {
    const [changed, delta] = [join(folder, 'changed.npy'), join(folder, 'changed.delta')]
    await run([
      'unlearn',
      ...(await inputs(folder, users, 'npy')),
      '--method',
      'mean-matching',
      '--out',
      changed,
      '--delta',
      delta,
      '--force',
      '--quiet',
      '--json',
    ])
    return commandLine([
      'restore',
      changed,
      '--delta',
      delta,
      '--out',
      join(folder, 'out', 'original.npy'),
      '--force',
      '--quiet',
    ])
  },
  async compare(folder: string, users: number): Promise<Command> {
    const args = [
      'compare',
      ...(await inputs(folder, users, 'npy')),
      '--methods',
      'mean-matching',
      '--out',
      join(folder, 'out', 'c.json'),
      '--report',
      join(folder, 'out', 'c.html'),
      ...battery,
    ]
    return { ...commandLine(args), isWhole }
  },
  async audit(folder: string, users: number): Promise<Command> {
    const args = [
      'audit',
      ...(await inputs(folder, users, 'npy')),
      '--report',
      join(folder, 'out', 'a.html'),
      ...battery,
    ]
    return { ...commandLine(args), isWhole }
  },
  artifact: async (folder: string, users: number): Promise<Command> => ({
    process: [bundled.library, 'artifact', folder, String(users)],
    run: () => writeArtifact(folder, users),
    together: join('node', 'artifact'),
  }),
  fetch: async (folder: string, users: number): Promise<Command> => ({
    process: [bundled.library, 'fetch', folder, String(users)],
    run: () => fetchArchive(folder, users),
  }),
}

export type CommandName = keyof typeof commands

/** A stage's artifact: tables, JSON, text and sparse matrices. */
export async function writeArtifact(folder: string, users: number): Promise<void> {
  await makeArtifact(join(folder, 'out', 'node'), async (artifact) => {
    artifact.matrix('tables/user', matrix(users, 8, new Float32Array(users * 8).fill(0.5)))
    artifact.json('model', { users })
    artifact.text('log.txt', 'trained\n'.repeat(users))
  })
}

/** `data fetch --from-file` of an archive whose digests are known. */
export async function fetchArchive(folder: string, users: number): Promise<void> {
  const data = strToU8('1\t1\t5\t0\n'.repeat(users))
  const archive = zipSync({ 'tiny/u.data': data, 'tiny/README': strToU8('terms') }, { mtime: new Date(2000, 1, 1) })
  const file = join(folder, 'tiny.zip')
  writeFileSync(file, archive)
  const known: KnownDataset = {
    name: 'tiny',
    title: 'Tiny',
    kind: 'real',
    licence: 'research only',
    page: 'https://example.org/tiny',
    folder: 'tiny',
    files: [{ name: 'u.data', sha256: sha256(data) }],
    download: {
      url: 'https://example.org/tiny.zip',
      file: 'tiny.zip',
      md5: createHash('md5').update(archive).digest('hex'),
    },
  }
  await fetchDataset(known, { acceptLicence: true, cacheFolder: join(folder, 'out'), fromFile: file })
}

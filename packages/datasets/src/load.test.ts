import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf } from '@indistinct/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { knownDatasets } from './known-datasets.ts'
import { loadDataset } from './load.ts'
import { loadKnown } from './load-known.ts'
import { loadCsvDataset } from './load-csv.ts'
import { cacheFolder } from './locate.ts'
import { syntheticDataset } from './sets/synthetic.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'indistinct-load-'))
  vi.stubEnv('INDISTINCT_DATA', '')
})
afterEach(() => {
  rmSync(root, { recursive: true })
  vi.unstubAllEnvs()
})

/** Well-formed files of MovieLens 100K with two of its rows. */
function writeCut100k(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'u.data'), '1\t1\t5\t0\n2\t1\t3\t0\n')
  writeFileSync(join(folder, 'u.user'), '1|24|M|technician|85711\n2|53|F|other|94043\n')
  writeFileSync(join(folder, 'u.item'), `1|Toy Story (1995)|01-Jan-1995||url${'|0'.repeat(19)}\n`)
}

describe('loadDataset', () => {
  test('generates with the seed and strength given', async () => {
    const loaded = await loadDataset('synthetic', { seed: 3, strength: 0.5 })
    const generated = syntheticDataset({ seed: 3, strength: 0.5 })
    expect(Buffer.from(bytesOf(loaded.interactions.items)).equals(bytesOf(generated.interactions.items))).toBe(true)
    expect(loaded.attributes).toEqual(generated.attributes)
  })

  test('refuses a strength of what plants no leak, and other options', async () => {
    const strong = { strength: 0.5 }
    await expect(loadDataset('lfm-2b-synthetic', strong)).rejects.toThrow('expected options among seed, got strength')
    await expect(loadDataset('ml-100k', strong)).rejects.toThrow('expected no strength for ml-100k')
    const known = knownDatasets.find(({ name }) => name === 'synthetic')!
    await expect(loadKnown(known, { sed: 1 } as object)).rejects.toThrow(/^loadKnown: .* got sed$/)
    const paths = { interactions: join(root, 'none.csv') }
    await expect(loadCsvDataset(paths, { usercolumn: 'u' } as object)).rejects.toThrow(
      /^loadCsvDataset: .* got usercolumn$/,
    )
    const misspelt = { unknownUsers: 'unlabeled' } as object
    writeFileSync(paths.interactions, 'user,item\n1,1\n')
    await expect(loadCsvDataset(paths, misspelt)).rejects.toThrow(
      'readCsvDataset: expected unknownUsers error or unlabelled, got "unlabeled"',
    )
  })

  test('refuses an unknown name and lists the known ones', async () => {
    await expect(loadDataset('movielens')).rejects.toMatchObject({
      code: 'usage',
      message: `unknown data set "movielens": expected one of ${knownDatasets.map((known) => known.name).join(', ')}`,
    })
  })

  test('says where it looked, how to get the files, and their licence', async () => {
    const error = await loadDataset('ml-1m', { cacheFolder: root }).catch((cause: Error) => cause)
    expect(error).toMatchObject({ code: 'file' })
    for (const part of [
      join(root, 'ml-1m'),
      'ratings.dat, users.dat, movies.dat',
      'INDISTINCT_DATA',
      'https://files.grouplens.org/datasets/movielens/ml-1m.zip',
      'indistinct data fetch ml-1m --accept-licence --from-file ml-1m.zip',
      'Licence: research use only',
    ]) {
      expect((error as Error).message).toContain(part)
    }
    await expect(loadDataset('lfm-2b', { cacheFolder: root })).rejects.toThrow('lfm-2b-synthetic is a generated twin')
  })

  test('names the files that a folder lacks', async () => {
    writeCut100k(join(root, 'ml-100k'))
    rmSync(join(root, 'ml-100k', 'u.item'))
    await expect(loadDataset('ml-100k', { dataFolder: root, cacheFolder: root })).rejects.toThrow('(has no u.item)')
  })

  test('notices a file that was cut between two rows', async () => {
    writeCut100k(join(root, 'ml-100k'))
    await expect(loadDataset('ml-100k', { dataFolder: root })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('MovieLens 100K (u.data): expected 100000 interactions, got 2') as string,
    })
  })

  test('looks in INDISTINCT_DATA, and then in the cache', async () => {
    const cut = expect.stringContaining('expected 100000 interactions, got 2') as string
    writeCut100k(join(root, 'data', 'ml-100k'))
    vi.stubEnv('INDISTINCT_DATA', join(root, 'data'))
    await expect(loadDataset('ml-100k', { cacheFolder: root })).rejects.toMatchObject({ message: cut })
    vi.stubEnv('INDISTINCT_DATA', join(root, 'empty'))
    vi.stubEnv('XDG_CACHE_HOME', join(root, 'xdg'))
    await expect(loadDataset('ml-100k')).rejects.toMatchObject({ code: 'file' })
    writeCut100k(join(root, 'xdg', 'indistinct', 'ml-100k'))
    const changed = expect.stringMatching(
      /indistinct\/ml-100k\/u\.data: expected the official u\.data, as it was fetched, got other bytes; remove .* indistinct data fetch ml-100k$/,
    ) as string
    await expect(loadDataset('ml-100k')).rejects.toMatchObject({ code: 'bad-data', message: changed })
  })
})

test('loadCsvDataset reads paths, and names them in errors', async () => {
  const interactions = join(root, 'seen.csv')
  const attributes = join(root, 'people.csv')
  writeFileSync(interactions, 'user,item\n1,a\n2,b\n')
  writeFileSync(attributes, 'user,gender\n1,f\n2,m\n')
  const dataset = await loadCsvDataset({ interactions, attributes }, { name: 'mine' })
  expect([dataset.name, dataset.users, [...dataset.attributes['gender']!.codes]]).toEqual(['mine', ['1', '2'], [0, 1]])
  await expect(loadCsvDataset({ interactions: join(root, 'none.csv') })).rejects.toMatchObject({ code: 'file' })
  await expect(loadCsvDataset({ interactions }, { itemColumn: 'track' })).rejects.toThrow(
    `${interactions}, row 1: expected a column "track"`,
  )
})

test('cacheFolder follows XDG', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/var/cache/me')
  expect(cacheFolder()).toBe('/var/cache/me/indistinct')
  vi.stubEnv('XDG_CACHE_HOME', 'relative')
  expect(cacheFolder()).toBe(join(homedir(), '.cache', 'indistinct'))
  expect(cacheFolder({ cacheFolder: '/x' })).toBe('/x')
})

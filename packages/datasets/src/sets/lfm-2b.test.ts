import { describe, expect, test } from 'vitest'
import { readLfm2b } from './lfm-2b.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text)
const files = {
  'sampled_100000_items_inter.txt': utf8('0\t1\t2\n1\t0\t12\n3\t0\t5\n2\t2\t3\n'),
  'sampled_100000_items_demo.txt': utf8(
    'anna\tNA\t23\tf\t2008-01-01 10:00:00\nbert\t\t-1\tm\t0\nnina\tDE\t41\tn\t0\nzoe\tAT\t17\t\t0\n',
  ),
  'sampled_100000_items_tracks.txt': utf8('"Weird Al"\tEat "It\nNA\tnull\nSigur Rós\t\n'),
}

describe('readLfm2b', () => {
  test('takes users and tracks by row, keeps quotes, and reads NA as Namibia', () => {
    const dataset = readLfm2b(files)
    expect(dataset.users).toEqual(['0', '1', '2', '3'])
    expect(dataset.itemNames).toEqual(['"Weird Al" – Eat "It', 'NA – null', 'Sigur Rós – '])
    expect([...dataset.interactions.users]).toEqual([0, 1, 3, 2])
    expect([...dataset.interactions.items]).toEqual([1, 0, 0, 2])
    expect([...dataset.interactions.ratings!]).toEqual([2, 12, 5, 3])
    expect(dataset.attributes['gender']).toEqual({ classes: ['F', 'M'], codes: Int32Array.of(0, 1, -1, -1) })
    expect(dataset.attributes['age']).toEqual({
      classes: ['0-17', '18-24', '35-44'],
      codes: Int32Array.of(1, -1, 2, 0),
    })
    expect(dataset.attributes['country']).toEqual({ classes: ['AT', 'DE', 'NA'], codes: Int32Array.of(2, -1, 1, 0) })
  })

  test.each([
    [
      'inter',
      '0\t1\t2\n4\t1\t2\n',
      'sampled_100000_items_inter.txt, row 2, column 1 (user_id): expected a row of ' +
        'sampled_100000_items_demo.txt, 0 to 3, got 4',
    ],
    ['inter', '0\t3\t2\n', 'column 2 (track_id): expected a row of sampled_100000_items_tracks.txt, 0 to 2, got 3'],
    ['inter', '0\t1\n', 'expected 3 columns (user_id, track_id, play_count) separated by a tab, got 2'],
    [
      'demo',
      'anna\tNA\t23\tx\t0\n',
      'sampled_100000_items_demo.txt, row 1, column 4 (gender): expected m, f, n or nothing, got "x"',
    ],
    ['demo', 'anna\tNA\t-2\tf\t0\n', 'column 3 (age): expected years or -1, got "-2"'],
    [
      'demo',
      'a\tNA\t1\tf\t0\na\tNA\t1\tf\t0\n',
      'row 2, column 1 (user name): expected every user once, got "a" again after row 1',
    ],
    [
      'tracks',
      'only one column\n',
      'sampled_100000_items_tracks.txt, row 1: expected 2 columns (artist, track) separated by a tab',
    ],
  ])('refuses a bad %s file', (file, text, message) => {
    expect(() => readLfm2b({ ...files, [`sampled_100000_items_${file}.txt`]: utf8(text) })).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(message) as string }),
    )
  })
})

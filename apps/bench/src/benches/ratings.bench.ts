/** @file Parsing MovieLens 1M. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMovielens1m } from '@indistinct/datasets'
import type { Bench } from '../bench.ts'
import { movielensFolder } from '../movielens.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

export const ratingsBench: Bench = {
  name: 'ratings',
  title: 'Parsing the 1,000,209 ratings of MovieLens 1M',
  target: "at least 3 times pandas' python engine, within 2 times its C engine",
  async cases() {
    const folder = movielensFolder()
    if (typeof folder !== 'string') return folder
    return [
      {
        name: 'ratings.dat, ours with users, movies, checks and coding of ids',
        ours: ownSide(() => {
          let rows = 0
          return {
            run() {
              const read = (name: string): Uint8Array => readFileSync(join(folder, name))
              const dataset = readMovielens1m({
                'ratings.dat': read('ratings.dat'),
                'users.dat': read('users.dat'),
                'movies.dat': read('movies.dat'),
              })
              rows = dataset.interactions.users.length
            },
            notes: () => `${rows} rows`,
          }
        }),
        peers: [
          pythonSide('pandas, python engine', {
            script: 'ratings',
            peer: 'python',
            parameters: { path: join(folder, 'ratings.dat') },
          }),
          pythonSide('pandas, C engine', {
            script: 'ratings',
            peer: 'c',
            parameters: { path: join(folder, 'ratings.dat') },
          }),
        ],
        targets: { 'pandas, python engine': 3, 'pandas, C engine': 0.5 },
      },
    ]
  },
}

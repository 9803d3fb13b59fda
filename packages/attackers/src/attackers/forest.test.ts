import { readFileSync } from 'node:fs'
import { matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { forest, forestAttacker } from './forest.ts'

interface Golden {
  name: string
  cols: number
  /** Of scikit-learn's forests: fitted to the first half of the rows, asked about the second. */
  auc: number
  x: number[]
  y: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/forest.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}
const engines = [
  ['the best engine', forest],
  ['WebAssembly', forestAttacker('forest', { engine: 'wasm' })],
] as const

test.each(cases.flatMap((golden) => engines.map(([engine, attacker]) => ({ ...golden, engine, attacker }))))(
  "$name, $engine: AUC as of scikit-learn's forests",
  async ({ attacker, cols, auc: wanted, x, y }) => {
    const half = y.length / 2
    const part = (from: number): { rows: ReturnType<typeof matrix>; codes: Int32Array } => ({
      rows: matrix(half, cols, Float32Array.from(x.slice(from * cols, (from + half) * cols))),
      codes: Int32Array.from(y.slice(from, from + half)),
    })
    const [known, asked] = [part(0), part(half)]
    const scores = await (await attacker.fit(known.rows, known.codes, { classes: 2, seed: 1 })).scores(asked.rows)
    const told = auc(
      Array.from(asked.codes, (_, i) => scores.data[2 * i + 1]!),
      asked.codes,
    )
    // Forests of other draws differ by about 0.01.
    expect(Math.abs(told - wanted)).toBeLessThan(0.03)
  },
)

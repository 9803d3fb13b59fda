import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { afterEach, describe, expect, test } from 'vitest'
import { wasmEngine, xgbEngine, type XgbEngineName } from './engine.ts'
import { send } from './engine-workers.ts'
import { fitXgb, wasmValueLimit } from './fit.ts'

interface Golden {
  name: string
  rows: number
  cols: number
  classes: number
  rounds: number
  parameters: { max_depth?: number; eta?: number }
  x: number[]
  y: number[]
  testRows: number
  testX: number[]
  predictions: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/predictions.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

const found = xgbEngine({ ...process.env, INDISTINCT_XGBOOST: undefined })
const native = found.engine === 'native'
if (!native) console.warn(`native XGBoost not tested: ${found.reason}`)

const forced = process.env['INDISTINCT_XGBOOST']
afterEach(() => {
  if (forced === undefined) delete process.env['INDISTINCT_XGBOOST']
  else process.env['INDISTINCT_XGBOOST'] = forced
})

function sample(rows: number, cols: number, seed: number): { x: Matrix; y: Int32Array } {
  const random = randomStream(seed, 'xgboost-test')
  const x = matrix(rows, cols)
  for (let i = 0; i < x.data.length; i++) x.data[i] = random.normal()
  return { x, y: Int32Array.from({ length: rows }, (_, i) => (x.data[i * cols]! + 0.5 * random.normal() > 0 ? 1 : 0)) }
}

describe.each<XgbEngineName>(['native', 'wasm'])('engine %s', (engine) => {
  const here = engine === 'native' ? describe.skipIf(!native) : describe

  here('contract', () => {
    test.each(cases)("predicts as Python's XGBoost: $name", async (golden) => {
      const { max_depth: maxDepth, eta } = golden.parameters
      const model = await fitXgb(matrix(golden.rows, golden.cols, Float32Array.from(golden.x)), golden.y, {
        engine,
        rounds: golden.rounds,
        objective:
          golden.classes === 1 ? 'reg:squarederror' : golden.classes === 2 ? 'binary:logistic' : 'multi:softprob',
        ...(maxDepth !== undefined && { maxDepth }),
        ...(eta !== undefined && { eta }),
      })
      const got = await model.predict(matrix(golden.testRows, golden.cols, Float32Array.from(golden.testX)))
      expect([got.rows, got.cols]).toEqual([golden.testRows, golden.classes === 2 ? 1 : golden.classes])
      let worst = 0
      // Probabilities to 1e-6, numbers to as much of their size.
      golden.predictions.forEach(
        (value, i) => (worst = Math.max(worst, Math.abs(value - got.data[i]!) / Math.max(1, Math.abs(value)))),
      )
      expect(worst).toBeLessThan(1e-6)
    })

    test('fits side by side equal fits in turn, and the caller keeps its arrays', async () => {
      const samples = [1, 2, 3, 4, 5].map((seed) => sample(120, 4, seed))
      const together = await Promise.all(samples.map(({ x, y }) => fitXgb(x, y, { engine, rounds: 10 })))
      for (const [i, { x, y }] of samples.entries()) {
        const alone = await fitXgb(x, y, { engine, rounds: 10 })
        expect(alone.bytes).toEqual(together[i]!.bytes)
        expect(await alone.predict(x)).toEqual(await together[i]!.predict(x))
        expect(x.data.length).toBe(480)
      }
    })

    test('hist learns too', async () => {
      const { x, y } = sample(400, 4, 8)
      const model = await fitXgb(x, y, { engine, rounds: 20, treeMethod: 'hist' })
      const { data } = await model.predict(x)
      expect(y.filter((label, i) => label === (data[i]! > 0.5 ? 1 : 0)).length).toBeGreaterThan(380)
    })

    test('prints nothing, and its workers let the process end', () => {
      const script = `
        import { fitXgb } from ${JSON.stringify(new URL('./fit.ts', import.meta.url).href)}
        const x = { rows: 4, cols: 1, data: Float32Array.from([1, 2, 3, 4]) }
        const model = await fitXgb(x, [0, 0, 1, 1], { engine: '${engine}', rounds: 2 })
        await model.predict(x)
        console.log('done')`
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', '@indistinct/loader', '--input-type=module', '-e', script],
        {
          cwd: fileURLToPath(new URL('.', import.meta.url)),
          timeout: 240_000,
          encoding: 'utf8',
        },
      )
      expect(stdout).toBe('done\n')
      expect(stderr).not.toMatch(/wasm|xgboost|warn/i)
    })

    test('predicting no rows gives no rows', async () => {
      const { x, y } = sample(30, 2, 9)
      const model = await fitXgb(x, y, { engine, rounds: 1 })
      expect(await model.predict(matrix(0, 2))).toEqual(matrix(0, 1))
      await expect(model.predict(matrix(1, 3))).rejects.toThrow('predict: expected 2 columns, got 3')
    })
  })
})

test.runIf(native)('both engines give the same probabilities at the size of an attack', async () => {
  const { x, y } = sample(800, 16, 3)
  const [a, b] = await Promise.all(
    (['native', 'wasm'] as const).map(async (engine) => (await fitXgb(x, y, { engine })).predict(x)),
  )
  let worst = 0
  a!.data.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - b!.data[i]!))))
  expect(worst).toBeLessThan(1e-6)
})

test('more than the 5 MB stack of the WebAssembly module goes in', async () => {
  const { x, y } = sample(90_000, 16, 4)
  const model = await fitXgb(x, y, { engine: 'wasm', rounds: 1, maxDepth: 2 })
  const { data } = await model.predict(
    matrix(2, 16, Float32Array.from([2, ...new Array(15).fill(0), -2, ...new Array(15).fill(0)])),
  )
  expect(data[0]).toBeGreaterThan(0.6)
  expect(data[1]).toBeLessThan(0.4)
})

test('more values than the WebAssembly engine takes are refused before they are copied', async () => {
  const rows = wasmValueLimit / 16 + 1
  const x = matrix(rows, 16)
  await expect(fitXgb(x, new Uint8Array(rows), { engine: 'wasm' })).rejects.toThrow(
    'XGBoost in WebAssembly takes at most 32000000 values, got 2000001 x 16: install libxgboost',
  )
})

test('a WebAssembly worker that breaks is replaced', async () => {
  const engine = wasmEngine()
  const garbage = {
    kind: 'predict',
    model: new Uint8Array(100).fill(255),
    x: new Float32Array(2),
    rows: 1,
    cols: 2,
    outputs: 1,
  } as const
  const responses = await Promise.all([1, 2, 3].map(() => send(engine, { ...garbage, x: new Float32Array(2) })))
  for (const response of responses) expect(response).toMatchObject({ broken: true })
  const { x, y } = sample(50, 2, 5)
  const model = await fitXgb(x, y, { engine: 'wasm', rounds: 2 })
  expect((await model.predict(x)).rows).toBe(50)
})

test.runIf(native)("a native failure is told in XGBoost's words and breaks nothing", async () => {
  const bad = {
    kind: 'predict',
    model: new Uint8Array(100).fill(255),
    x: new Float32Array(2),
    rows: 1,
    cols: 2,
    outputs: 1,
  } as const
  const response = await send(found, bad)
  expect(response).toMatchObject({ broken: false })
  expect('error' in response && response.error.length > 0).toBe(true)
})

test('INDISTINCT_XGBOOST=wasm decides where no engine is named', async () => {
  process.env['INDISTINCT_XGBOOST'] = 'wasm'
  const { x, y } = sample(40, 3, 6)
  expect((await fitXgb(x, y, { rounds: 1 })).engine).toMatchObject({
    engine: 'wasm',
    reason: 'INDISTINCT_XGBOOST=wasm',
  })
})

test.each([
  ['labels beyond the classes', [0, 1, 2], {}, 'fitXgb: expected labels 0 to 1 for binary:logistic, got 2 at row 2'],
  ['too few labels', [0, 1], {}, 'fitXgb: expected 3 labels, got 2'],
  ['rounds', [0, 1, 1], { rounds: 0 }, 'fitXgb: expected rounds of 1 or more, got 0'],
  ['eta', [0, 1, 1], { eta: 2 }, 'fitXgb: expected eta in (0, 1], got 2'],
  [
    'values that are no numbers',
    [0, 1, NaN],
    { objective: 'reg:squarederror' as const },
    'fitXgb: expected finite values for reg:squarederror, got NaN at row 2',
  ],
  ['one class', [0, 0, 0], { objective: 'multi:softprob' as const }, 'fitXgb: expected at least 2 classes, got 1'],
])('refuses %s', async (_, y, options, message) => {
  await expect(fitXgb(matrix(3, 1, Float32Array.from([1, 2, 3])), y, options)).rejects.toThrow(message)
})

test('refuses values that are not finite', async () => {
  await expect(fitXgb(matrix(2, 2, Float32Array.from([1, 2, 3, NaN])), [0, 1])).rejects.toThrow(
    'fitXgb: expected finite values, got NaN at row 1, column 1',
  )
})

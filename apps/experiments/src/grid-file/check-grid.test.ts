import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IndistinctError } from '@indistinct/core'
import { componentPlaces, type Grid } from '@indistinct/stages'
import { afterAll, describe, expect, test } from 'vitest'
import { alphaSweepOf, experimentProtocols, productOf } from '../experiment-protocol.ts'
import { tunedSettings } from '../tuned.ts'
import { checkedGrid } from './check-grid.ts'
import { yardstickNames } from './choice-checks.ts'
import { gridNamed } from './grid-named.ts'

const product = {
  datasets: [{ name: 'synthetic', options: { users: 120 } }],
  recommenders: [{ name: 'nmf', options: { epochs: 2 } }],
  methods: [{ name: 'flow' }],
  attackers: [{ name: 'logistic' }],
  protocols: [{ name: 'five-fold', options: { repeats: 1 } }],
  attributes: ['gender'],
  seeds: [1],
}
const grid = { name: 'mine', title: 'Mine', products: [product] }
const withProduct = (change: object): unknown => ({ ...grid, products: [{ ...product, ...change }] })
const withCalibration = (change: object): unknown => ({
  ...grid,
  calibrations: [{ name: 'mine', repetitions: 1, options: { users: [60, 60], shift: 0, run: 'audit', ...change } }],
})
const folder = new URL('../../grids/', import.meta.url)
const files = mkdtempSync(join(tmpdir(), 'indistinct-grid-'))
afterAll(() => rmSync(files, { recursive: true }))

describe('grids that are well', () => {
  test.each(readdirSync(folder).map((file) => file.replace(/\.ts$/, '')))('%s', async (name) => {
    const committed = await gridNamed(name, '')
    expect(checkedGrid(JSON.parse(JSON.stringify(committed)), name)).toEqual(committed)
  })

  test.each(Object.values(experimentProtocols))('the protocol $name', (protocol) => {
    const selected = { datasets: ['ml-100k'], recommenders: ['nmf', 'lightgcn'], seeds: [1] }
    const whole = productOf(protocol, selected)
    checkedGrid({ ...grid, products: [whole, alphaSweepOf(protocol, whole)] } satisfies Grid, 'protocol')
  })

  test.each([
    [{ datasets: [{ name: 'plays.csv', options: { interactions: 'a', attributes: 'b', delimiter: ';' } }] }],
    [{ methods: [], seeds: [1, 1] }],
    [{ methods: [{ name: 'u2u-r', options: { divergence: 'adversarial', firstSteps: 3, tables: ['gmf'] } }] }],
    [{ methods: [{ name: 'retrain', options: { weight: 0.1, tables: ['gmf'] } }] }],
    [{ attackers: [], protocols: [], until: 'evaluate', yardsticks: [{ name: 'ease', options: { l2: 1 } }] }],
    [{ settings: tunedSettings(64), split: { kind: 'leave-one-out' } }],
  ])('%j', (change) => expect(() => checkedGrid(withProduct(change), 'g.json')).not.toThrow())

  test('every yardstick of the recommenders is known', () => {
    const root = new URL('../../../..', import.meta.url).pathname
    expect(yardstickNames).toEqual([...componentPlaces('yardstick', root).keys()])
  })
})

test.each([
  [[grid], 'expected an object with name and products, got [{"name":"mine"'],
  [{ ...grid, name: '../../x' }, 'name: expected a name of letters, digits'],
  [{ ...grid, product: [] }, 'expected fields among name, products, title, calibrations, got "product"'],
  [{ ...grid, products: [] }, 'products: expected a list of at least 1, got []'],
  [withProduct({ cores: 9 }), 'products[0]: expected fields among datasets,'],
  [withProduct({ core: '5' }), 'products[0].core: expected a whole number of at least 1, got "5"'],
  [withProduct({ seeds: ['1'] }), 'products[0].seeds[0]: expected a whole number, got "1"'],
  [withProduct({ seeds: [] }), 'products[0].seeds: expected a list of at least 1, got []'],
  [withProduct({ recommenders: ['nmf'] }), 'products[0].recommenders[0]: expected an object with name'],
  [withProduct({ recommenders: [{ name: 'nmff' }] }), 'recommenders[0].name: expected one of lightgcn, nmf, '],
  [withProduct({ recommenders: [{ name: 'nmf', option: {} }] }), 'expected fields among name, options, got "option"'],
  [withProduct({ recommenders: [{ name: 'nmf', options: { seed: 3 } }] }), 'options: expected fields among gmf, mlp,'],
  [withProduct({ recommenders: [{ name: 'nmf', options: { epochs: '2' } }] }), 'epochs: expected a number, got "2"'],
  [withProduct({ methods: [{ name: 'leace', options: { alpha: 3 } }] }), 'expected fields among tables, got "alpha"'],
  [withProduct({ methods: [{ name: 'u2u-r', options: { together: true } }] }), 'got "together"'],
  [withProduct({ attackers: [{ name: 'mlp', options: { l2: 1 } }] }), 'expected fields among inputs, got "l2"'],
  [withProduct({ protocols: [{ name: 'paper', options: { repeat: 1 } }] }), 'expected fields among repeats,'],
  [withProduct({ datasets: [{ name: 'synthetic', options: { user: 9 } }] }), 'got "user"'],
  [withProduct({ datasets: [{ name: 'ml-100k', options: { users: 9 } }] }), 'fields among leastUsers, got "users"'],
  [withProduct({ datasets: [{ name: 'A b', options: { interactions: 'a', attributes: 'b' } }] }), 'lower-case letters'],
  [withProduct({ split: { kind: 'ratio' } }), 'split.ratios: expected a list, got undefined'],
  [withProduct({ split: { kind: 'ratio', ratios: [0.8, 0.3, 0.1] } }), 'three shares that add up to 1'],
  [
    withProduct({ split: { kind: 'ratio', ratios: [1.2, -0.1, -0.1] } }),
    'split.ratios: expected three shares that sum',
  ],
  [
    withProduct({ recommenders: [{ name: 'nmf', options: { epochs: -3, lr: 0.1 } }] }),
    'products[0].recommenders[0].options.epochs: expected a positive integer epochs, got -3',
  ],
  [
    withProduct({ recommenders: [{ name: 'ials', options: { alpha: 0 } }] }),
    'options.alpha: expected a positive alpha',
  ],
  [
    withProduct({ methods: [{ name: 'd2d-r', options: { steps: 2.5 } }] }),
    'methods[0].options.steps: expected steps as',
  ],
  [
    withProduct({ methods: [{ name: 'flow', options: { level: 0, tables: ['gmf'] } }] }),
    'options.level: expected level',
  ],
  [withProduct({ methods: [{ name: 'retrain', options: { weight: -1 } }] }), 'options.weight: expected weight of at'],
  [
    withProduct({ protocols: [{ name: 'paper', options: { innerFolds: 1 } }] }),
    'options.innerFolds: expected innerFolds',
  ],
  [withProduct({ protocols: [{ name: 'paper', options: { permutations: 5 } }] }), 'permutations of 99 or more, got 5'],
  [
    withProduct({ datasets: [{ name: 'synthetic', options: { strength: -1 } }] }),
    'options.strength: expected a strength',
  ],
  [withProduct({ datasets: [{ name: 'lfm-2b-synthetic', options: { strength: 1 } }] }), 'among leastUsers, seed, got'],
  [withProduct({ yardsticks: [{ name: 'ease', options: { l2: 0 } }] }), 'options.l2: expected a positive l2, got 0'],
  [withCalibration({ shfit: 1 }), 'calibrations[0].options: expected fields among users, shift, run, got "shfit"'],
  [withCalibration({ run: 'audits' }), 'options.run: expected one of audit, paper, five-fold, together, harm, got'],
  [withCalibration({ users: [60] }), 'calibrations[0].options.users: expected two numbers'],
  [withProduct({ smoothing: { neighbours: 3, share: 5 } }), 'smoothing.share: expected a number from 0 to 1, got 5'],
  [withProduct({ settings: { synthetic: { nmf: { lr: 0 } } } }), 'settings.synthetic.nmf.lr: expected a positive lr'],
  [withProduct({ epochBy: 'tests' }), 'epochBy: expected one of validation, test, got "tests"'],
  [withProduct({ until: 'train' }), 'until: expected one of prepare, evaluate, got "train"'],
  [withProduct({ observed: { attacker: [] } }), 'observed: expected fields among attackers, protocols, top, width'],
  [withProduct({ settings: { synth: {} } }), 'settings.synth: expected a data set among synthetic,'],
  [withProduct({ settings: { synthetic: { nmf: { epoch: 1 } } } }), 'settings.synthetic.nmf: expected fields among'],
])('%j is refused', async (value, message) => {
  const path = join(files, 'g.json')
  writeFileSync(path, JSON.stringify(value))
  const refused = await gridNamed('g.json', path).catch((error: unknown) => error as IndistinctError)
  expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining(message) as string })
  expect((refused as Error).message).toMatch(/^--grid g\.json: \S/)
})

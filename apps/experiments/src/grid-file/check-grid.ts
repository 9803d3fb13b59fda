/**
 * @file Whether an object is a grid. A field, a name or an option that nobody knows is an error here, before hours are
 * spent without it.
 */

import { knownDatasets } from '@indistinct/datasets'
import { engines } from '@indistinct/kernels'
import { recommenders } from '@indistinct/recommenders'
import { figureNames, type Grid } from '@indistinct/stages'
import { calibratedRuns } from '../stages/calibrate.ts'
import { askRatios, askRecommender, checkAsked, type Options } from './asked-components.ts'
import {
  attackerChoice,
  attackerName,
  datasetChoice,
  methodChoice,
  protocolChoice,
  recommenderChoice,
  recommenderOptions,
  yardstickChoice,
} from './choice-checks.ts'
import { finite, flag, list, object, oneOf, record, share, text, unfit, whole, type Check } from './field-checks.ts'

/**
 * `value` as a grid.
 * @param file how messages call it
 * @throws IndistinctError 'usage' that names the place, what was expected there and what is there.
 */
export function checkedGrid(value: unknown, file: string): Grid {
  grid(value, `--grid ${file}:`)
  return value as Grid
}

const grid: Check = (value, place) => {
  const calibrated = Array.isArray((value as { calibrations?: unknown } | null)?.calibrations)
  object(
    'an object with name and products',
    { name: gridName, products: list(product, calibrated ? 0 : 1) },
    { title: text, calibrations: list(calibration) },
  )(value, place)
}

/** Files of a run are called so. */
const gridName: Check = (value, place) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value))
    throw unfit(place, 'a name of letters, digits, dots, dashes and underscores', value)
}

const split: Check = (value, place) => {
  const leaveOneOut = (value as { kind?: unknown } | null)?.kind === 'leave-one-out'
  object('an object with kind', { kind: oneOf(['ratio', 'leave-one-out']), ...(!leaveOneOut && { ratios }) })(
    value,
    place,
  )
}

const ratios: Check = (value, place) => {
  list(finite, 3)(value, place)
  const shares = value as number[]
  if (shares.length !== 3 || Math.abs(shares.reduce((sum, each) => sum + each, 0) - 1) > 1e-9)
    throw unfit(place, 'three shares that add up to 1: training, validation, test', value)
  askRatios(shares, place)
}

const twoCounts: Check = (value, place) => {
  list(whole(1))(value, place)
  if ((value as number[]).length !== 2) throw unfit(place, 'two numbers: users of each label', value)
}

const calibration = object('a calibration', {
  name: text,
  options: object('an object of options', { users: twoCounts, shift: finite, run: oneOf(calibratedRuns) }),
  repetitions: whole(1),
})

/** A product; some lists may be empty where nothing needs them. */
const product: Check = (value, place) => {
  const { held, until, datasets = [] } = (value ?? {}) as { held?: unknown; until?: unknown; datasets?: unknown }
  const unattacked = held !== undefined || until === 'evaluate' || until === 'prepare' ? 0 : 1
  const own = (Array.isArray(datasets) ? datasets : []).map((each) => (each as { name?: unknown } | null)?.name)
  object(
    'a product',
    {
      datasets: list(datasetChoice),
      recommenders: list(recommenderChoice),
      methods: list(methodChoice, 0),
      attackers: list(attackerChoice, unattacked),
      protocols: list(protocolChoice, unattacked),
      attributes: list(text),
      seeds: list(whole()),
    },
    {
      core: whole(1),
      split,
      reports: flag,
      epochBy: oneOf(['validation', 'test']),
      figures: list(oneOf(figureNames), 0),
      observed: object(
        'what is seen from outside',
        { attackers: list(attackerChoice), protocols: list(protocolChoice) },
        { top: whole(1), width: whole(1) },
      ),
      release: flag,
      held: object('what an attacker holds', {
        ofTables: list(attackerName),
        ofHeld: list(attackerName),
        other: recommenderChoice,
      }),
      settings: record('settings by data set', (dataset, where) => settingsOf(dataset, where, own)),
      yardsticks: list(yardstickChoice),
      sideBySide: oneOf([true]),
      smoothing: object('a smoothing', { neighbours: whole(1), share }),
      engine: oneOf(engines),
      until: oneOf(['prepare', 'evaluate']),
    },
  )(value, place)
}

/** Options of recommenders on `dataset`, a known one or one of the product's `own`. */
function settingsOf(dataset: string, place: string, own: readonly unknown[]): Check {
  const known = [...new Set([...own, ...knownDatasets.map(({ name }) => name)])]
  if (!known.includes(dataset)) throw unfit(place, `a data set among ${known.join(', ')}`, dataset)
  return record('options by recommender', (recommender, where) => {
    const names = recommenders.map(({ name }) => name)
    if (!names.includes(recommender)) throw unfit(where, `a recommender among ${names.join(', ')}`, recommender)
    return (options, within) => {
      object('an object of options', {}, recommenderOptions(recommender))(options, within)
      checkAsked(askRecommender(recommender), options as Options, within)
    }
  })
}

/** @file Where a flow ended, in words: on its landing or not, and what is left of each statistic. */

import type { Json } from '@indistinct/core'
import { saferMethods, type Unlearned } from '@indistinct/unlearners'

type Parameters = Unlearned['parameters']
type JsonRecord = { readonly [name: string]: Json }

/** Statistics by the names that the result has for them, in words. */
const families: Readonly<Record<string, string>> = {
  mean: 'means',
  covariance: 'covariances',
  shapes: 'shapes',
  radii: 'distances',
  products: 'products of two axes',
}

/** Where a method ended: nothing for those that end in one step. */
export function outcomeText(parameters: Parameters): string {
  const { outcome, stopped, together, afterSmoothing } = parameters
  // What is written is the smoothed table.
  const last = isRecord(afterSmoothing) ? { ...parameters, above: [], ...afterSmoothing } : parameters
  if (typeof parameters['matching'] === 'string') return drawText(parameters)
  if (typeof outcome !== 'string') return ''
  const joint =
    isRecord(together) && together['outcome'] === 'not landed'
      ? `; all tables side by side ${outcomeText(together).slice(2)}`
      : ''
  if (outcome === 'nothing stands out') return ', nothing stands out before: the table is as it was'
  if (outcome === 'gives away more than before') return ', gives away more than before'
  if (outcome !== 'not landed') return `, ${outcome}${leftText(last, aboveOf(last))}${joint}`
  return `, not landed (${String(stopped)})${leftText(last, Object.keys(families))}${joint}`
}

/** What points are, how users were matched to them, and whether the draw is a secret. */
function drawText({ base, matching, drawSeed, again }: Parameters): string {
  const points = base === 'flow' ? 'points are what the flow makes of users' : 'points are users as they were'
  const matched =
    matching === 'optimal'
      ? 'matched at the least cost'
      : 'matched at nearly the least cost, since users are many; no less is hidden'
  const draw =
    drawSeed === 'secret' ? 'secret draw' : `draw that is not secret: --draw-seed ${String(drawSeed)} repeats it`
  return `, ${points}, ${matched}, by a ${draw}${isRecord(again) ? againText(again) : ''}`
}

/** What became of users of an earlier draw. */
function againText({ kept, redrawn, new: fresh }: JsonRecord): string {
  return (
    `; ${String(kept)} by the earlier draw again, ${String(redrawn)} drawn anew since their points are gone, ` +
    `${String(fresh)} new among themselves`
  )
}

/** What to warn of where a flow did not land; nothing where it did. */
export function outcomeWarning(title: string, { method, parameters }: Unlearned): string | undefined {
  const { together, baseRefused } = parameters
  if (typeof baseRefused === 'string')
    return (
      `${title}points are users as they were, which hides no less and costs more: the flow refused ` +
      `(${baseRefused.split(';')[0]!})`
    )
  const off = [parameters, ...(isRecord(together) ? [together] : [])].find(({ outcome }) => outcome === 'not landed')
  if (!off) return undefined
  const spent = String(off['stopped']).endsWith('passes are spent')
  const smoothed = String(off['stopped']).startsWith('smoothing')
  const instead = saferMethods(method, method === 'hsic-flow' || parameters['curvesAfter'] ? 'numbers' : 'labels')
  const advice = [
    'Audit it',
    ...(spent ? ['or raise --max-passes'] : []),
    ...(smoothed ? ['or leave --smooth out'] : []),
    ...(instead === '' ? [] : [`or unlearn by ${instead}`]),
  ]
  return `${title}not landed, ${String(off['stopped'])}; what is written is the table reached. ${advice.join(', ')}`
}

/** Share of the moves that a map may miss without a word; updates of 0.14 are told from a new fit (choose-a-method). */
const muchMissed = 0.25

/** What to warn of where the map that a fit leaves for other users misses much of what the method did. */
export function residualWarning(
  path: string,
  { method, parameters }: Pick<Unlearned, 'method' | 'parameters'>,
): string[] {
  const missed = Number(parameters['mapResidual'] ?? 0)
  if (missed <= muchMissed) return []
  return [
    `${path}: the map that ${method} leaves for other users misses ${(100 * missed).toFixed(0)} % of its moves ` +
      '(mapResidual, in root mean square): an update leaves users that far from where the method would take them; ' +
      'unlearn all again instead of --update, or fit by blind or leace, whose map is the method itself',
  ]
}

function aboveOf({ above }: Parameters): string[] {
  return Array.isArray(above) ? above.map(String) : []
}

/** The named statistics, over what chance gives. */
function leftText(
  { differencesAfter, curvesAfter, pairs, ratio, attributes }: Parameters,
  names: readonly string[],
): string {
  const parts: string[] = []
  if (names.length === 0) return ''
  if (Array.isArray(pairs) && names.length > 1) {
    const ratios = pairs.map((pair) => Number((pair as JsonRecord)['ratio']))
    parts.push(`MMD^2 ${[...new Set([Math.min(...ratios), Math.max(...ratios)].map(times))].join(' to ')}`)
  }
  if (typeof ratio === 'number') parts.push(`HSIC ${times(ratio)}`)
  if (isRecord(attributes))
    for (const [name, own] of Object.entries(attributes)) parts.push(...attributeParts(name, own as JsonRecord))
  if (isRecord(curvesAfter)) for (const name of names) parts.push(...ratioParts(curvesAfter, name))
  if (isRecord(differencesAfter)) for (const name of names) parts.push(...ratioParts(differencesAfter, name))
  return parts.length > 0 ? `: ${parts.join(', ')} times what chance gives` : ''
}

/** Of one of several attributes: MMD^2 of the flow, what is above chance of `blind`. */
function attributeParts(name: string, { largestRatio, differencesAfter, above }: JsonRecord): string[] {
  if (typeof largestRatio === 'number') return [`MMD^2 of ${name} up to ${times(largestRatio)}`]
  if (!isRecord(differencesAfter)) return []
  return aboveOf({ above: above ?? [] }).flatMap((each) =>
    ratioParts(differencesAfter, each).map((part) => `${part} of ${name}`),
  )
}

function ratioParts(ratios: JsonRecord, name: string): string[] {
  return ratios[name] === undefined ? [] : [`${families[name] ?? name} ${times(Number(ratios[name]))}`]
}

function times(value: number): string {
  return value.toFixed(2)
}

function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

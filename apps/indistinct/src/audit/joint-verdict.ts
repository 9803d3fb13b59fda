/** @file What the audits of several tables, or of several attributes, say together. */

import { judgedTogether, type AttackName } from '@indistinct/attackers'
import type { TargetAudit } from './attack-target.ts'

export interface PartAudit {
  readonly table: string
  readonly attribute: string
  readonly result: TargetAudit
}

/** An attack, and what it was on. */
interface PlacedAttack extends AttackName {
  readonly table: string
  readonly attribute: string
}

export interface JointVerdict {
  /** Whether any of the attacks stands out after correction for all of them. */
  readonly leak: boolean
  /** The largest upper bound of the folded AUC, which a gate compares, and its attack. */
  readonly upperBound: number
  readonly worst: PlacedAttack
  /** Of what is given away most: the largest folded AUC among attacks that stand out, among all where none does. */
  readonly strongest: PlacedAttack
  /** p of each attack of each part, as given, corrected for the attacks of all parts. */
  readonly correctedP: readonly (readonly number[])[]
  readonly smallestDetectable: number
  readonly verdict: string
}

/**
 * `audits` of the same users with one seed, each with its verdict when p is corrected for the attacks of all of them.
 */
export function judgedParts(audits: readonly PartAudit[]): PartAudit[] {
  const results = judgedTogether<TargetAudit>(
    audits.map(({ result }) => result),
    audits.map(({ attribute }) => attribute),
  )
  return audits.map((part, t) => ({ ...part, result: results[t]! }))
}

/** One part's verdict is its own; of several, as `judgedParts` has them, the worst is named. */
export function jointVerdict(audits: readonly PartAudit[]): JointVerdict {
  const correctedP = audits.map(({ result }) => result.correctedP)
  const strengths = audits.map(({ result }, t) => {
    const all: readonly TargetAudit['attacks'][number][] = result.attacks
    const standsOut = all.filter((_, a) => correctedP[t]![a]! <= 0.05)
    const attacks = standsOut.length > 0 ? standsOut : all
    const most = attacks.reduce((best, attack) => (attack.foldedAuc.value > best.foldedAuc.value ? attack : best))
    return { leak: standsOut.length > 0, attack: most }
  })
  const leak = strengths.some((each) => each.leak)
  const candidates = strengths.map((each, t) => ({ ...each, t })).filter((each) => each.leak === leak)
  const { attack, t } = candidates.reduce((best, each) =>
    each.attack.foldedAuc.value > best.attack.foldedAuc.value ? each : best,
  )
  const widest = audits.reduce((best, each) => (each.result.upperBound > best.result.upperBound ? each : best))
  const smallestDetectable = Math.min(...audits.map(({ result }) => result.smallestDetectable))
  const placeOf = ({ table, attribute }: PartAudit): Pick<PlacedAttack, 'table' | 'attribute'> => ({ table, attribute })
  const strongest = {
    ...placeOf(audits[t]!),
    attacker: attack.attacker,
    protocol: attack.protocol,
    input: attack.input,
  }
  const common = {
    leak,
    upperBound: widest.result.upperBound,
    worst: { ...placeOf(widest), ...widest.result.worst },
    strongest,
    correctedP,
    smallestDetectable,
  }
  if (audits.length === 1) return { ...common, verdict: audits[0]!.result.verdict }
  const { titles, several } = partTitles(audits)
  const figure =
    `${attack.foldedAuc.value.toFixed(3)} (95 % interval ${attack.foldedAuc.lower.toFixed(3)} to ` +
    `${attack.foldedAuc.upper.toFixed(3)})`
  const by = `${strongest.attacker} on ${strongest.input} input (${strongest.protocol})`
  const tables = new Set(audits.map(({ table }) => table)).size
  const onAny = [
    ...(several.attributes
      ? [` of any of ${new Set(audits.map(({ attribute }) => attribute)).size} attributes and groups`]
      : []),
    ...(several.tables ? [` on any of ${tables - 1} tables or on all of them joined`] : []),
  ].join('')
  const verdict = leak
    ? `The attacks we ran found a leak, and ${titles[t]} ` +
      `${several.attributes ? 'is given away most' : 'gives most away'}: ${by} reaches a folded AUC of ${figure}.`
    : `${
        audits.every(({ result }) => result.equivalent)
          ? 'The attacks we ran found no leak above a folded AUC of ' +
            `${(0.5 + audits[0]!.result.margin).toFixed(3)}${onAny}: the largest`
          : `The attacks we ran cannot tell whether there is a leak${onAny}: nothing stands out from chance, but ` +
            'the largest'
      } ` +
      `folded AUC is ${figure}, by ${by} ${several.attributes ? 'of' : 'on'} ${titles[t]}, ` +
      `and the largest upper 95 % bound ${common.upperBound.toFixed(3)}, ${several.attributes ? 'of' : 'on'} ` +
      `${titles[audits.indexOf(widest)]}. ${unseen(audits)}`
  return { ...common, verdict }
}

/** What may have gone unseen in the part that shows most, and in the one that shows least where that is more. */
function unseen(audits: readonly PartAudit[]): string {
  const { titles, several } = partTitles(audits)
  const shown = audits.map(({ result }) => result.smallestDetectable)
  const least = Math.max(...shown)
  const [most, last] = [Math.min(...shown), least].map((value) => value.toFixed(3))
  const where = `${several.attributes ? 'of' : 'on'} ${titles[shown.indexOf(least)]}`
  const other = last === most ? '' : `, and one below ${last} ${where}`
  return `A folded AUC below ${most} may well have gone unseen${other}.`
}

/** A name of each part, by what they differ in: the table, the attribute, or both. */
export function partTitles(audits: readonly Omit<PartAudit, 'result'>[]): {
  readonly titles: readonly string[]
  readonly several: { readonly tables: boolean; readonly attributes: boolean }
} {
  const several = {
    tables: new Set(audits.map(({ table }) => table)).size > 1,
    attributes: new Set(audits.map(({ attribute }) => attribute)).size > 1,
  }
  const titles = audits.map(({ table, attribute }) =>
    several.tables && several.attributes ? `${attribute} in ${table}` : several.attributes ? attribute : table,
  )
  return { titles, several }
}

/** @file Claims about attacks: Section 4.2.1 and Table 3. */

import { changeOfMeans, everyDataset, meanOf } from '../paper/averages.ts'
import type { Group } from '../reproduce/groups.ts'
import { methodTitle } from '../reproduce/method-titles.ts'
import { headlineFigure } from '../reproduce/series.ts'
import { attackers, aucChange, aucsOf, given, hiding, leaksOf, modelOf } from './cells-of.ts'
import { type Claim, percent, verdictOf } from './claim.ts'

export function attackClaims(groups: readonly Group[]): Claim[] {
  return [leakClaim(groups), ofMlp(groups), ofTrees(groups), ofTreesAfterD2d(groups), ofAllMethods(groups)]
}

function leakClaim(groups: readonly Group[]): Claim {
  const accuracies = groups.flatMap((group) =>
    attackers.map((attacker) =>
      meanOf(given(headlineFigure(modelOf(group, 'original'), attacker, 'accuracy'), group.title)),
    ),
  )
  return {
    section: '4.2.1',
    claim: 'The trained embeddings tell gender: accuracy 0.68 on average',
    paper: '0.68',
    here: meanOf(accuracies).toFixed(2),
    verdict: verdictOf(accuracies.map((accuracy) => accuracy > 0.5)),
    why: 'Every model leaks; ML-1M more than ML-100K.',
  }
}

function ofMlp(groups: readonly Group[]): Claim {
  const standardised = groups.map((group) =>
    Math.max(
      ...modelOf(group, 'u2u-r')
        .attacks.filter(({ attacker, input }) => attacker === 'mlp' && input === 'standardised')
        .map(({ figures }) => meanOf(given(figures.auc, group.title))),
    ),
  )
  return {
    section: '4.2.1',
    claim: 'Every method lowers the AUC of the MLP, U2U-R most',
    paper: hiding
      .map(
        (method) =>
          `${methodTitle(method)} ${percent(
            changeOfMeans({ table: 'table-3', method, attacker: 'mlp', measure: 'auc' }, everyDataset),
          )}`,
      )
      .join(', '),
    here: hiding.map((method) => `${methodTitle(method)} ${percent(aucChange(groups, method, 'mlp').ours)}`).join(', '),
    verdict: verdictOf([
      ...hiding.flatMap((method) => fell(groups, method, 'mlp')),
      ...hiding
        .slice(1)
        .map((method) => aucChange(groups, 'u2u-r', 'mlp').ours < aucChange(groups, method, 'mlp').ours),
    ]),
    why: `U2U-R’s fall is no protection: an MLP that standardises its input has an AUC of ${Math.min(
      ...standardised,
    ).toFixed(2)} to ${Math.max(...standardised).toFixed(2)}.`,
  }
}

function ofTrees(groups: readonly Group[]): Claim {
  const collapsed = groups.map((group) => meanOf(aucsOf(group, 'u2u-r', 'xgb')))
  return {
    section: '4.2.1',
    claim: 'U2U-R makes XGBoost’s attack better, to an AUC of 0.99',
    paper: '0.99',
    here: `${Math.min(...collapsed).toFixed(2)} to ${Math.max(...collapsed).toFixed(2)}`,
    verdict: verdictOf(groups.map((_, at) => collapsed[at]! > meanOf(aucsOf(groups[at]!, 'original', 'xgb')))),
    why: 'Both classes collapse, each to its own spread; trees read it.',
  }
}

function ofTreesAfterD2d(groups: readonly Group[]): Claim {
  const steeper = (rival: string): boolean =>
    aucChange(groups, 'd2d-r', 'xgb').ours < aucChange(groups, rival, 'xgb').ours
  return {
    section: '4.2.1',
    claim: 'D2D-R lowers the AUC of XGBoost by 24.41 %, more than Retrain (20.93 %) and Adv-InT (11.84 %)',
    paper: ['d2d-r', 'retrain', 'adversarial']
      .map(
        (method) =>
          `${methodTitle(method)} ${percent(
            changeOfMeans({ table: 'table-3', method, attacker: 'xgb', measure: 'auc' }, everyDataset),
          )}`,
      )
      .join(', '),
    here: ['d2d-r', 'retrain', 'adversarial']
      .map((method) => `${methodTitle(method)} ${percent(aucChange(groups, method, 'xgb').ours)}`)
      .join(', '),
    verdict: verdictOf([...fell(groups, 'd2d-r', 'xgb'), steeper('retrain'), steeper('adversarial')]),
    why: 'Our Adv-InT hides well. On LightGCN of ML-1M the paper’s alpha of 1e-4 holds D2D-R back.',
  }
}

function ofAllMethods(groups: readonly Group[]): Claim {
  const rivals = ['u2u-r', 'retrain', 'adversarial']
  const hidden = groups.flatMap((group) =>
    attackers.flatMap((attacker) =>
      rivals.map((rival) => meanOf(leaksOf(group, 'd2d-r', attacker)) < meanOf(leaksOf(group, rival, attacker))),
    ),
  )
  return {
    section: '4.2.1',
    claim: 'D2D-R hides better than U2U-R, Retrain and Adv-InT',
    paper: 'stated of all',
    here: `nearer one half in ${hidden.filter(Boolean).length} of ${hidden.length} comparisons`,
    verdict: verdictOf(hidden),
    why: 'An AUC below one half counts as a leak here; in the paper none is printed.',
  }
}

/** Whether the attacker's mean AUC after `method` is below that of the original, by group. */
function fell(groups: readonly Group[], method: string, attacker: 'mlp' | 'xgb'): boolean[] {
  return groups.map((group) => meanOf(aucsOf(group, method, attacker)) < meanOf(aucsOf(group, 'original', attacker)))
}

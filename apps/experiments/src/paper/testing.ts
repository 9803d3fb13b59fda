/**
 * @file What the tests of the errata compute: counts of users behind a printed row of Table 3, and the least NDCG that
 * goes with a hit ratio.
 */

/** A row as printed. */
export interface PrintedRow {
  readonly accuracy: string
  readonly precision: string
  readonly recall: string
}

/** Users that an attack got right and wrong, by class. */
export interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** Whether `value` is printed as `text`, half a unit of its last digit either way. */
export function printsAs(value: number, text: string): boolean {
  return Math.abs(value - Number(text)) <= 0.5 * 10 ** -(text.length - 2) + 1e-9
}

/** Whether `text` is a share of `users`, rounded. */
export function isShareOf(text: string, users: number): boolean {
  return printsAs(Math.round(Number(text) * users) / users, text)
}

/** Every way in which one test of `users` users gives a row's accuracy, precision and recall to their last digit. */
export function countsBehind({ accuracy, precision, recall }: PrintedRow, users: number): Counts[] {
  const right = Math.round(Number(accuracy) * users)
  if (!printsAs(right / users, accuracy)) return []
  const found: Counts[] = []
  for (let positives = 1; positives < users; positives++) {
    const truePositives = Math.round(Number(recall) * positives)
    const trueNegatives = right - truePositives
    const falsePositives = users - positives - trueNegatives
    if (
      !printsAs(truePositives / positives, recall) ||
      trueNegatives < 0 ||
      falsePositives < 0 ||
      truePositives + falsePositives === 0
    )
      continue
    if (printsAs(truePositives / (truePositives + falsePositives), precision))
      found.push({ truePositives, falsePositives, falseNegatives: positives - truePositives, trueNegatives })
  }
  return found
}

/** Mean of the shares of each class that are right: the AUC of answers that are labels and not scores. */
export function balancedAccuracyOf({ truePositives, falsePositives, falseNegatives, trueNegatives }: Counts): number {
  return (truePositives / (truePositives + falseNegatives) + trueNegatives / (trueNegatives + falsePositives)) / 2
}

/**
 * The least mean NDCG@k of lists whose mean share of hits among their first k is `share`: every list has its hits at
 * its last places. The ideal is that of k hits, so that no ideal of fewer hits gives less. A list with one hit more has
 * it at a better place. So the least is convex in the hits, and lists with different shares have no lower mean.
 */
export function leastNdcg(share: number, k: number): number {
  const discounts = Array.from({ length: k }, (_, at) => 1 / Math.log2(k - at + 1))
  const ideal = discounts.reduce((sum, discount) => sum + discount, 0)
  const hits = share * k
  const gain = discounts.reduce((sum, discount, at) => sum + discount * Math.min(1, Math.max(0, hits - at)), 0)
  return gain / ideal
}

/** @file The least NDCG that goes with a hit ratio. */

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

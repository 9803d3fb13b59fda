/**
 * @file Published statistics of the LFM-2b subset, and a degree model fitted to them. Counts are the paper's Table 2;
 * distributions are the cell outputs stored in notebooks/item_sampler.ipynb and user_sampler.ipynb of
 * CPJKU/recommendation_systems_fairness (commit 48082954), made before the last few tracks were dropped: they speak of
 * 99,831 tracks and 2,830,541 interactions. The subset itself is no longer public.
 */

/** Tracks per user: moments and quartiles. */
export interface DegreeStatistics {
  readonly mean: number
  readonly std: number
  readonly min: number
  readonly q25: number
  readonly q50: number
  readonly q75: number
  readonly max: number
}

/** d = 5 + floor(scale * (-ln(1 - U))^(1 / shape)), at most `max`: a Weibull above the 5 of the 5-core. */
export interface WeibullDegrees {
  readonly shape: number
  readonly scale: number
  readonly max: number
}

export const lfm2bStatistics = {
  items: 99_639,
  interactions: 2_829_503,
  female: {
    users: 4415,
    interactions: 444_076,
    tracksPerUser: { mean: 101, std: 121, min: 5, q25: 21, q50: 56, q75: 136, max: 1312 } satisfies DegreeStatistics,
    /** Share of all tracks that some female user listened to: 70,980 of 99,831. */
    coverage: 70_980 / 99_831,
    fit: { shape: 0.785, scale: 83.1, max: 1312 } satisfies WeibullDegrees,
  },
  male: {
    users: 15_557,
    interactions: 2_385_427,
    tracksPerUser: { mean: 153, std: 182, min: 5, q25: 33, q50: 94, q75: 211, max: 3025 } satisfies DegreeStatistics,
    coverage: 99_810 / 99_831,
    fit: { shape: 0.827, scale: 134.3, max: 3025 } satisfies WeibullDegrees,
  },
  tracksPerUser: { mean: 142, std: 172, min: 5, q25: 29, q50: 83, q75: 194, max: 3025 } satisfies DegreeStatistics,
  /**
   * Not published, but fitted to the coverage counts: a track has 5 + floor(exp(mu + sigma z)) listeners, at most
   * `max`, and the female share of them is Beta(mean c, (1 - mean) c) distributed with concentration c.
   */
  itemFit: { mu: 1.895, sigma: 1.6, max: 6000, femaleShare: 0.15694, concentration: 8 },
} as const

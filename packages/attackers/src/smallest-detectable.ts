/** @file The smallest leak that an attack would find four times in five. */

/**
 * The folded AUC that stands out at 5 % four times in five; 1 where no relabelling moves it, beyond the last bits of a
 * sum: an attacker that scores all users alike shows no leak, however small its spread.
 */
export function detectableOf({
  critical,
  standardError,
}: {
  readonly critical: number
  readonly standardError: number
}): number {
  // 80 % of a normal distribution lie above its mean less 0.8416 standard deviations.
  return standardError > 1e-7 ? Math.min(1, critical + 0.8416 * standardError) : 1
}

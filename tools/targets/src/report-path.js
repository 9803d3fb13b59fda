/** @file Where a test target leaves Vitest's report, from which totals are summed. */

/**
 * @param {string} root folder of the project
 * @param {string} target
 */
export function reportPath(root, target) {
  return `artifacts/tests/${root.replaceAll('/', '-')}-${target}.json`
}

/** @file Methods as tables call them, in the order of rows. */

const titles: { readonly [method: string]: string } = {
  original: 'Original',
  retrain: 'Retrain',
  adversarial: 'Adv-InT',
  'u2u-r': 'U2U-R',
  'd2d-r': 'D2D-R',
  'u2u-r-closed': 'U2U-R, exact',
  flow: 'calibrated flow',
}

export const methodOrder: readonly string[] = Object.keys(titles)

export function methodTitle(method: string): string {
  return titles[method] ?? method
}

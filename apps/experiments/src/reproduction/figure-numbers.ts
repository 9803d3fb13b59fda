/** @file Numbers of the committed Figures 2 and 4, from the descriptions that panels carry for screen readers. */

/** One line of a panel of Figure 2. */
export interface Swept {
  readonly measure: string
  readonly method: string
  readonly points: readonly { readonly alpha: number; readonly value: number }[]
}

/** @throws RangeError where the picture has no panel of Figure 2. */
export function sweptOf(svg: string): Swept[] {
  const panels = descriptions(svg).filter(({ title }) => title.includes(' against '))
  if (panels.length === 0) throw new RangeError('sweptOf: expected panels over alpha, got none')
  return panels.flatMap(({ title, text }) =>
    text.split('; ').flatMap((series) => {
      const [, method, points] = /^([a-z0-9-]+): (.*)$/.exec(series) ?? []
      if (points === undefined || method === 'original') return []
      const found = [...points.matchAll(/([\d.]+)(?: \[[^\]]*\])? at ([\d.e+−-]+)/g)]
      return [
        {
          measure: title.split(' against ')[0]!,
          method: method!,
          points: found.map(([, value, alpha]) => ({
            alpha: number(alpha!.replace(/\.$/, '')),
            value: number(value!),
          })),
        },
      ]
    }),
  )
}

/** One dimension of Figure 4, before or after. */
export interface Dimension {
  readonly phase: 'before' | 'after'
  /** Length of the range that holds all users. */
  readonly range: number
  /** Kolmogorov-Smirnov distance of the classes. */
  readonly ks: number
  /** In standard deviations. */
  readonly meanDifference: number
}

/** @throws RangeError where the picture has no dimensions. */
export function dimensionsOf(svg: string): Dimension[] {
  const found = descriptions(svg).flatMap(({ title, text }): Dimension[] => {
    const [, from, to, ks, difference] =
      /from (\S+) to (\S+); Kolmogorov-Smirnov distance (\S+), standardised mean difference (\S+)\.$/.exec(text) ?? []
    return difference === undefined
      ? []
      : [
          {
            phase: title.endsWith('after') ? 'after' : 'before',
            range: number(to!) - number(from!),
            ks: number(ks!),
            meanDifference: number(difference),
          },
        ]
  })
  if (found.length === 0) throw new RangeError('dimensionsOf: expected histograms, got none')
  return found
}

function descriptions(svg: string): { title: string; text: string }[] {
  return [...svg.matchAll(/<title[^>]*>([^<]*)<\/title><desc[^>]*>([^<]*)<\/desc>/g)].map(([, title, text]) => ({
    title: title!,
    text: text!,
  }))
}

function number(text: string): number {
  return Number(text.replaceAll('−', '-'))
}

/** @file figure: one of the paper's Figures 2, 3 and 4, from the artifacts of the models that it shows. */

import type { Choice } from '@indistinct/stages'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { histogramFigure } from './figure-histograms.ts'
import { tsneMaps } from './figure-t-sne.ts'
import { tradeOff } from './figure-trade-off.ts'

interface Parameters {
  readonly figure: 'trade-off' | 't-sne' | 'histograms'
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  readonly seed: number
  readonly methods: readonly Choice[]
  readonly method: Choice
  readonly attackers: readonly Choice[]
  readonly protocol: Choice
  readonly models: readonly { readonly seed: number; readonly method?: Choice }[]
}

/** Writes figure.svg and caption.txt. */
export async function run(context: StageContext): Promise<void> {
  const parameters = context.parameters as unknown as Parameters
  const { svg, caption } = await draw(context, parameters)
  context.artifact.text('figure.svg', svg)
  context.artifact.text('caption.txt', `${caption}\n`)
}

async function draw(context: StageContext, parameters: Parameters): Promise<{ svg: string; caption: string }> {
  const folder = (role: string): string => upstreamOf(context, role)
  switch (parameters.figure) {
    case 'trade-off':
      return tradeOff({ ...parameters, upstream: context.upstream })
    case 't-sne':
      return tsneMaps({
        ...parameters,
        prepared: folder('prepare'),
        original: folder('original'),
        after: parameters.methods.map((_, at) => folder(`after/${at}`)),
        progress: context.progress,
      })
    case 'histograms':
      return histogramFigure({
        ...parameters,
        prepared: folder('prepare'),
        original: folder('original'),
        after: folder('after'),
      })
    default:
      throw new RangeError(
        `figure: expected trade-off, t-sne or histograms, got ${String(parameters.figure satisfies never)}`,
      )
  }
}

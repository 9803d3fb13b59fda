/** @file What `unlearn` is asked to do: arguments that go together, and the files that it reads and writes. */

import { usageError } from '@indistinct/core'
import { dirname, extname } from '@indistinct/core/platform'
import { idsBeside, isFolder } from '@indistinct/embeddings'
import type { Engine } from '@indistinct/kernels'
import { isTogether, unlearners } from '@indistinct/unlearners'
import { checkFiling } from '../filing/filing-options.ts'
import { checkOnceEach } from '../inputs/file-identity.ts'
import type { LeastLabels } from '../inputs/table-inputs.ts'
import { checkOutputFormat, checkOutputs } from '../outputs/output-files.ts'
import type { Fit } from './fit-file.ts'
import { engineMethods, parameterFlags, type UnlearnArguments } from './unlearn-options.ts'

/** What was given of a method's parameters, under its names. */
export type Parameters = Readonly<Record<string, number | string>>

export interface UnlearnRequest extends UnlearnArguments {
  /** The first of the tables. */
  readonly table: string
  /** The file of each table, in their order; `out` is the first. */
  readonly outs: readonly string[]
  readonly parameters: Parameters
  /** The report, asked for or not. */
  readonly page: string
  readonly reads: readonly (string | undefined)[]
  /** The fit of --update, which the method and the attributes are of then. */
  readonly kept?: Fit
}

/**
 * The request of `args`, before anything is read.
 * @throws IndistinctError 'usage' where arguments do not go together, 'file' where a file is in the way.
 */
export function unlearnRequest(args: UnlearnArguments): UnlearnRequest {
  const parameters = parametersOf(args)
  const outs = outputPaths(args)
  const [table, out] = [args.tables[0]!, outs[0]!]
  const page = args.report ?? `${out}.html`
  if (!/^\.html?$/i.test(extname(page))) throw usageError(`--report: expected a file named .html, got ${page}`)
  for (const path of outs) checkOutputFormat(path)
  checkFlags(args, table)
  checkFiling(args)
  const { attributes, ids, update, draw, previous, items } = args
  const reads = [...args.tables, attributes, ids, update, draw, previous, previous && idsBeside(previous), items]
  const request = { ...args, table, out, outs, parameters, page, reads }
  checkOutputs([...outs, ...filesBeside(request)], reads, args.force)
  return request
}

/** An update applies a fit, and may be of one new user: nothing is compared for it. */
export function leastLabels({ kept }: UnlearnRequest): LeastLabels {
  return kept ? { minimumLabels: 0, minimumUsers: 1 } : {}
}

/** Where the record of a table goes. */
export function sidecarOf(out: string): string {
  return `${out}.json`
}

/** What is written once, after the tables and their sidecars. */
export function sharedFiles({ page, delta, fit, export: exports = [] }: UnlearnRequest): string[] {
  return [page, delta, fit, ...exports].filter((path) => path !== undefined)
}

/** What is written beside the tables. */
export function filesBeside(request: UnlearnRequest): string[] {
  return [...request.outs.map(sidecarOf), ...sharedFiles(request)]
}

/** Neighbours that every row is drawn towards after the flow; 0 for other methods, whose fit does what they do. */
export function smoothedBy({ method, smooth = 0 }: Pick<UnlearnArguments, 'method' | 'smooth'>): number {
  return method === 'flow' ? smooth : 0
}

function checkFlags(args: UnlearnArguments, table: string): void {
  const { method, unlabelled, draw, update, previous, fit, delta } = args
  if (draw !== undefined && (method !== 'relabel' || update !== undefined))
    throw usageError('--draw: expected --method relabel with it, and no --update')
  // An update goes by the method of its fit.
  if (unlabelled === 'map' && update === undefined && !unlearners[method].mapsEveryone)
    throw usageError(
      `--unlabelled map: ${method} has no map for users without a label; leave it out, or take --method blind or leace`,
    )
  if (previous !== undefined && update === undefined)
    throw usageError('--previous: expected --update with it, which names the fit')
  if (update !== undefined && fit !== undefined)
    throw usageError('--fit: nothing is fitted with --update; leave one of them out')
  if (fit !== undefined && smoothedBy(args) > 0)
    throw usageError('--fit: --smooth of the flow leaves no map for other users; leave one of them out')
  if (delta !== undefined && isFolder(table))
    throw usageError(
      `--delta brings back the bytes of one file, and ${table} is a folder of parts; leave it out, and keep the ` +
        'folder',
    )
}

/** The parameters that were given, under the method's names. */
function parametersOf(args: UnlearnArguments): Parameters {
  const known = unlearners[args.method].defaults
  const parameters: Record<string, number | string> = {}
  const flags = { ...parameterFlags, nearBy: { flag: 'near-by' } } as const
  for (const [name, { flag }] of Object.entries(flags)) {
    const value = args[flag]
    if (value === undefined) continue
    if (args.update !== undefined)
      throw usageError(`--${flag}: --update takes the parameters of the fit; leave one of them out`)
    if (!Object.hasOwn(known, name)) {
      const taken = Object.entries(flags)
        .filter(([other]) => Object.hasOwn(known, other))
        .map(([, other]) => `--${other.flag}`)
      throw usageError(`--${flag} is no parameter of ${args.method}; it takes ${taken.join(', ') || 'none'}`)
    }
    parameters[name] = value
  }
  return { ...parameters, ...engineOf(args) }
}

/** The engine that was given. Where none is, the method itself looks at INDISTINCT_ENGINE. */
function engineOf({ engine, method, update, continuous }: UnlearnArguments): { engine?: Engine } {
  if (engine === undefined) return {}
  if (update !== undefined) throw usageError('--engine: nothing is left to compute with --update; leave it out')
  if (continuous || !engineMethods.includes(method))
    throw usageError(
      `--engine: ${continuous ? '--continuous' : method} has the kernels alone; expected one of ` +
        `${engineMethods.join(', ')}, or no --engine`,
    )
  return { engine }
}

/** Where several Parquet files of one folder are given, they may be one table. */
function partsHint(paths: readonly string[]): string {
  const folder = dirname(paths[0]!)
  const together = paths.every((path) => /\.parquet$/i.test(path) && dirname(path) === folder)
  return together ? `; if they are parts of one table, give the folder, ${folder}` : ''
}

/**
 * The file of each table, in their order.
 * @throws IndistinctError 'usage' where they do not match, or a flag is for one table only.
 */
function outputPaths(given: UnlearnArguments): string[] {
  const { tables: paths, out, derived } = given
  if (paths.length === 1) {
    if (derived)
      throw usageError('--derived: expected several tables, got one; a derived table is a function of the others')
    return [out]
  }
  const flags = {
    draw: given.draw,
    also: given.also,
    continuous: given.continuous || undefined,
    items: given.items,
    fit: given.fit,
    update: given.update,
    delta: given.delta,
    'stream always': given.stream === 'always' || undefined,
    'unlabelled map': given.unlabelled === 'map' || undefined,
  }
  const alone = Object.entries(flags).find(([, value]) => value !== undefined)
  if (alone)
    throw usageError(
      `--${alone[0]}: expected one table, got ${paths.length}; leave it out, or unlearn tables one by one`,
    )
  checkOnceEach(paths)
  const outs = out.split(',').map((path) => path.trim())
  if (outs.length !== paths.length || outs.includes(''))
    throw usageError(
      `--out: expected ${paths.length} files separated by commas, one for each table, got ${out}${partsHint(paths)}`,
    )
  if (!derived) return outs
  const stranger = derived.find((path) => !paths.includes(path))
  if (stranger !== undefined) throw usageError(`--derived: expected some of ${paths.join(', ')}, got ${stranger}`)
  if (!isTogether(given.method)) throw usageError(`--derived is for flow, blind and relabel, not for ${given.method}`)
  if (new Set(derived).size === paths.length)
    throw usageError('--derived: expected a table that is not derived, got all of them')
  return outs
}

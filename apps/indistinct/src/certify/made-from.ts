/**
 * @file Which labels went into a table: bounds hold for users whose labels did not, and a draw of `relabel` needs none.
 */

import { existsSync } from 'node:fs'
import { badData, parseJson, usageError, type Labels } from '@indistinct/core'
import type { AttributeSummary } from '@indistinct/report'
import type { Log } from '../terminal/log.ts'
import { readTextFile } from '../inputs/read-text-file.ts'
import { attributeSummary, readTableInputs, type TableInputs } from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'

export interface MadeFromArguments extends TableArguments {
  readonly original: boolean
  readonly 'unlearned-with-labels-of'?: string | undefined
}

export type MadeFrom =
  /** A secret draw: exact for the users who took part in it. */
  | { readonly kind: 'drawn' }
  /** Labels of these users did not go into the table; `left` users whose labels did are not certified. */
  | { readonly kind: 'apart'; readonly labels: Labels; readonly left: number; readonly words: string }

/** What the sidecar of `unlearn` says, as far as it is needed. */
interface Sidecar {
  readonly method: string
  readonly drawSeed: unknown
  readonly attribute: string
  /** Names and users of its labels. */
  readonly classes: unknown
  readonly attributesSha256: string
}

/**
 * @throws IndistinctError 'usage' where nothing says what the table was made with; 'bad-data' where the labels of all
 * users were used, or what is said and what the sidecar says differ.
 */
export async function madeFrom(args: MadeFromArguments, inputs: TableInputs, log: Log): Promise<MadeFrom> {
  const { table, original } = args
  const file = args['unlearned-with-labels-of']
  const sidecar = sidecarOf(table, inputs.table.source!.sha256)
  if (original && file !== undefined)
    throw usageError(
      '--original: a table that was unlearned is none; leave one of --original and --unlearned-with-labels-of out',
    )
  if (original && sidecar)
    throw badData(`${table}: ${table}.json says that it was unlearned by ${sidecar.method}; leave --original out`)
  if (sidecar?.method === 'relabel' && file === undefined) return drawnBy(sidecar, args, inputs)
  if (original)
    return {
      kind: 'apart',
      labels: inputs.labels,
      left: 0,
      words: `${table} is said to be an original: no labels of ${args.attribute} went into it`,
    }
  if (file === undefined) {
    if (sidecar)
      throw badData(
        `${table}: it was unlearned by ${sidecar.method} with labels, after which their users are not ` +
          'independent, and nothing can be bounded for them; certify users whose labels were not used, with ' +
          '--unlearned-with-labels-of FILE and their labels in --attributes',
      )
    throw usageError(
      `${table}: nothing says which labels it was made with, and bounds do not hold for users whose labels were ` +
        'used; give --original, or --unlearned-with-labels-of FILE',
    )
  }
  const used = await readTableInputs({ ...args, attributes: file }, log)
  if (sidecar && sidecar.attributesSha256 !== used.column.sha256)
    throw badData(
      `${file}: ${table}.json says that another file's labels were used (sha256 ${sidecar.attributesSha256}); ` +
        'give that one',
    )
  const codes = inputs.labels.codes.map((code, row) => (used.labels.codes[row]! >= 0 ? -1 : code))
  const left = inputs.labels.codes.reduce((sum, code, row) => sum + (code >= 0 && codes[row] === -1 ? 1 : 0), 0)
  if (!codes.some((code) => code >= 0))
    throw badData(
      `${args.attributes}: expected users whose labels are not in ${file}, got none; nothing can be bounded for ` +
        'users whose labels were used',
    )
  return {
    kind: 'apart',
    labels: { classes: inputs.labels.classes, codes },
    left,
    words: `labels of ${file} went into ${table}; the users certified have none there`,
  }
}

function drawnBy(
  { drawSeed, attribute, classes, attributesSha256 }: Sidecar,
  args: MadeFromArguments,
  inputs: TableInputs,
): MadeFrom {
  if (drawSeed !== 'secret')
    throw badData(
      `${args.table}: its draw is of --draw-seed ${String(drawSeed)}, which is no secret, so that nothing about ` +
        'it is exact; unlearn it again without --draw-seed',
    )
  if (attribute !== args.attribute)
    throw badData(`${args.table}: it was drawn to hide ${attribute}, and says nothing exact of ${args.attribute}`)
  if (attributesSha256 !== inputs.column.sha256)
    throw badData(
      `${args.attributes}: ${args.table} was drawn with other labels (sha256 ${attributesSha256}); give that file`,
    )
  // Users of a label that the draw took for missing, say, are where they were, and anyone tells them from the others.
  const [drawn, now] = [namesOf(classes), namesOf(attributeSummary(inputs).classes)]
  if (drawn !== now)
    throw badData(
      `${args.table}: it was drawn with the labels ${drawn}, and ${args.attributes} is read as ${now}; give the ` +
        '--missing-label and --merge-labels that it was unlearned with',
    )
  return { kind: 'drawn' }
}

/** Labels and their users: "F 200, M 200". */
function namesOf(classes: unknown): string {
  if (!Array.isArray(classes)) return 'none'
  return (classes as AttributeSummary['classes']).map(({ name, users }) => `${name} ${users}`).join(', ')
}

/** The record beside a table that `unlearn` wrote, where it is of this table. */
function sidecarOf(table: string, sha256: string): Sidecar | undefined {
  const path = `${table}.json`
  if (!existsSync(path)) return undefined
  let value: Record<string, unknown>
  try {
    value = parseJson(readTextFile(path)) as Record<string, unknown>
  } catch {
    return undefined
  }
  const at = (...keys: string[]): unknown =>
    keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
  if (at('schema') !== 'indistinct/unlearn/1' || at('output', 'table', 'sha256') !== sha256) return undefined
  return {
    method: String(at('method')),
    drawSeed: at('parameters', 'drawSeed'),
    attribute: String(at('attribute', 'name')),
    classes: at('attribute', 'classes'),
    attributesSha256: String(at('input', 'attributes', 'sha256')),
  }
}

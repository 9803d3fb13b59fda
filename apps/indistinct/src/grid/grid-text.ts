/** @file Plans and states of grids as text. */

import { counted } from '@indistinct/core'
import type { Failure } from '@indistinct/executors'
import type { CellState, GridPlan } from '@indistinct/experiments'
import { duration } from '../terminal/progress.ts'
import { countOf, dataSize, textTable } from '../terminal/text-table.ts'

export function planText({ stages, cells, done, seconds, chain, wall, memory, bytes, from }: GridPlan): string {
  const rows = [
    ...stages.map((stage) => [
      stage.stage,
      String(stage.cells),
      String(stage.done),
      time(stage.seconds),
      `${Math.round(stage.memory)} MiB`,
      dataSize(stage.bytes),
    ]),
    ['all', String(cells), String(done), time(seconds), `${Math.round(memory)} MiB`, dataSize(bytes)],
  ]
  const sources = [
    `${from.here} from the same work in this store`,
    `${from.table} from the committed table`,
    `${from.guess} scaled from other cells`,
  ]
  const onWorkers = wall.map(({ workers, seconds: each }) => `${time(each)} on ${countOf(workers, 'worker')}`)
  return [
    textTable(['stage', 'cells', 'done', 'time to go', 'memory a cell', 'disk'], rows),
    `longest chain ${time(chain)}; ${onWorkers.join(', ')}\n`,
    done === cells ? '' : `costs of ${counted(cells - done, 'cell')}: ${sources.join(', ')}\n`,
  ].join('')
}

export function statusText(
  states: ReadonlyMap<string, CellState>,
  held: ReadonlySet<string> | undefined,
  failures: ReadonlyMap<string, Failure>,
): string {
  const count = (state: CellState['state']): number =>
    [...states.values()].filter((each) => each.state === state).length
  const running = held === undefined ? 0 : [...held].filter((id) => states.has(id)).length
  const failed = [...failures].filter(([id]) => states.has(id) && states.get(id)!.state !== 'done')
  return (
    [
      `${count('done')} of ${counted(states.size, 'cell')} done`,
      ...(count('missing') > 0 ? [`${count('missing')} ready to run`] : []),
      ...(count('stale') > 0 ? [`${count('stale')} made from other inputs than now`] : []),
      ...(count('blocked') > 0 ? [`${count('blocked')} behind those`] : []),
      ...(running > 0 ? [`${running} with the engine`] : []),
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ].join(', ') + '\n'
  )
}

/** What failed, with what it printed, and how much was left out for it. */
export function failuresText(failures: ReadonlyMap<string, Failure>, missing: number): string {
  const own = [...failures].filter(([, { text }]) => !text.startsWith('left out'))
  const left = missing - own.length
  const texts = own.map(
    ([id, { code, text }]) =>
      `${id} failed${code === undefined ? '' : ` with exit code ${code}`}:\n${text
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}\n`,
  )
  if (left <= 0) return texts.join('')
  const why = own.length > 0 ? 'left out, since they need them' : 'not made'
  return `${texts.join('')}${countOf(left, 'cell')} ${why}; indistinct grid resume goes on\n`
}

function time(seconds: number): string {
  return duration(1000 * seconds)
}

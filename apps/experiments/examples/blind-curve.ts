/**
 * @file What `blind` costs and what it leaves, by how many neighbours rows are drawn towards: the change of NDCG@10 and
 * the largest folded AUC of six attacks, as a table, and as a picture in FILE.svg. Reads what lightgcn-tables.ts wrote.
 *
 *     node --import @indistinct/loader apps/experiments/examples/blind-curve.ts FOLDER FILE.svg [NEIGHBOURS,…]
 */

import { attack, logistic, mlp, xgb } from '@indistinct/attackers'
import { usageError, writeFileAtomic, type Matrix } from '@indistinct/core'
import { blind } from '@indistinct/unlearners'
import { smoothed } from '../src/stages/smooth.ts'
import { writtenTables } from './written-tables.ts'

const [folder, picture, list = '0,5,10,20'] = process.argv.slice(2)
if (folder === undefined || picture === undefined)
  throw usageError('blind-curve: expected the folder that lightgcn-tables wrote, and FILE.svg')
const { users, labels, ndcg } = await writtenTables(folder)

interface Point {
  readonly name: string
  readonly ndcg: number
  readonly auc: number
  readonly upper: number
  readonly worst: string
}

const points: Point[] = []
const change = ({ ndcg }: Point): number => 100 * (ndcg / points[0]!.ndcg - 1)
console.log('| table | NDCG@10 | change | folded AUC | at most | worst attack |\n|---|---|---|---|---|---|')
await show('original', users)
await show('original, half way to 10', smoothed(users, 10, 0.5))
for (const count of list.split(',').map(Number))
  await show(`blind, smooth ${count}`, blind(users, labels, { smooth: count }).embedding)
writeFileAtomic(picture, svgOf(points.slice(2)))

async function show(name: string, table: Matrix): Promise<void> {
  const point = await pointOf(name, table)
  points.push(point)
  console.log(
    `| ${name} | ${point.ndcg.toFixed(4)} | ${change(point).toFixed(1)} % | ${point.auc.toFixed(3)} | ` +
      `${point.upper.toFixed(3)} | ${point.worst} |`,
  )
}

async function pointOf(name: string, table: Matrix): Promise<Point> {
  let found = { auc: 0, upper: 0, worst: '' }
  for (const attacker of [logistic, mlp, xgb])
    for (const input of ['standardised', 'whitened'] as const) {
      const { foldedAuc } = await attack(table, labels, attacker, {
        protocol: 'five-fold',
        input,
        seed: 0,
        repeats: 1,
        permutations: 99,
      })
      if (foldedAuc.value > found.auc)
        found = { auc: foldedAuc.value, upper: foldedAuc.upper, worst: `${attacker.name}, ${input}` }
    }
  return { name, ndcg: ndcg(table), ...found }
}

/** Change of NDCG@10 in per cent to the right, folded AUC upwards. */
function svgOf(shown: readonly Point[]): string {
  const x = (point: Point): number => 60 + 40 * (change(point) + 10)
  const y = (auc: number): number => 240 - 2000 * (auc - 0.5)
  const marks = shown.map(
    (point) =>
      `<circle cx="${x(point).toFixed(1)}" cy="${y(point.auc).toFixed(1)}" r="4"/>` +
      `<text x="${(x(point) + 8).toFixed(1)}" y="${(y(point.auc) + 4).toFixed(1)}">${point.name}</text>`,
  )
  const across = [-10, -8, -6, -4, -2, 0].map((at) => `<text x="${60 + 40 * (at + 10)}" y="262">${at} %</text>`)
  const up = [0.5, 0.55, 0.6].map((at) => `<text x="14" y="${y(at) + 4}">${at.toFixed(2)}</text>`)
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 290" font-family="sans-serif" font-size="12">\n' +
    `<title>What blind costs and what it leaves</title>\n<rect width="600" height="290" fill="#fff"/>\n` +
    `<path d="M60 30V240H480" fill="none" stroke="#000"/>\n${[...across, ...up, ...marks].join('\n')}\n` +
    '<text x="60" y="20">folded AUC of the worst attack</text>\n' +
    '<text x="300" y="282">change of NDCG@10</text>\n</svg>\n'
  )
}

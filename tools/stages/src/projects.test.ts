import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { expandGrid } from './expand.ts'
import type { Grid } from './grid.ts'
import { projectsOf } from './projects.ts'
import { stageCodes } from './stage-code.ts'
import { stages } from './stage.ts'

const workspace = fileURLToPath(new URL('../../..', import.meta.url))
const grid: Grid = {
  name: 'test',
  title: 'test',
  products: [
    {
      datasets: [{ name: 'ml-100k' }, { name: 'synthetic' }],
      recommenders: [{ name: 'lightgcn' }, { name: 'nmf' }],
      release: true,
      methods: [{ name: 'flow' }, { name: 'retrain' }],
      attackers: [{ name: 'xgb' }],
      protocols: [{ name: 'paper' }],
      attributes: ['gender'],
      seeds: [1],
      figures: ['t-sne'],
      smoothing: { neighbours: 3, share: 0.5 },
      observed: { attackers: [{ name: 'xgb' }], protocols: [{ name: 'paper' }] },
      held: { ofTables: ['xgb'], ofHeld: ['forest'], other: { name: 'ials' } },
    },
  ],
  calibrations: [{ name: 'random', options: {}, repetitions: 1 }],
}
const expanded = expandGrid(grid)
const byId = new Map(expanded.nodes.map((node) => [node.id, node]))
const projects = projectsOf(expanded.nodes, workspace)

describe('projectsOf', () => {
  test('one project an artifact, under a root that git ignores', () => {
    expect(Object.keys(projects).length).toBe(expanded.nodes.length)
    for (const root of Object.keys(projects)) expect(root).toMatch(/^artifacts\//)
    expect(readFileSync(join(workspace, '.gitignore'), 'utf8').split('\n')).toContain('/artifacts/')
  })

  test('every target hashes upstream bytes and its own code, and keeps timing out of them', () => {
    const codeOf = stageCodes(workspace)
    for (const node of expanded.nodes) {
      const project = projects[node.root]!
      expect(Object.keys(project.targets!)).toEqual([node.stage])
      const target = project.targets![node.stage]!
      expect(target.inputs).toContainEqual({ dependentTasksOutputFiles: '**/artifact/**', transitive: true })
      const { env } = target.options as { env: { [name: string]: string } }
      expect(env['INDISTINCT_STAGE_CODE']).toBe(codeOf(node, byId).digest)
      expect(target.outputs).toEqual(['{projectRoot}/artifact', '{projectRoot}/timing'])
    }
  })

  test('registry packages of the code that a stage runs are inputs, others are not', () => {
    const externalOf = (stage: string): string[] => {
      const node = expanded.nodes.find((each) => each.stage === stage)!
      const inputs = projects[node.root]!.targets![stage]!.inputs as { externalDependencies?: string[] }[]
      return inputs.find((input) => input.externalDependencies)!.externalDependencies!
    }
    expect(externalOf('attack')).toContain('koffi')
    expect(externalOf('train')).toContain('ts-blank-space')
    expect(externalOf('train')).not.toContain('koffi')
    for (const stage of stages) expect(externalOf(stage)).not.toContain('vitest')
  })

  test('a path is quoted for the shell', () => {
    const options = { interactions: "/it's/$(here)/plays.csv", attributes: '/users.csv' }
    const [product] = grid.products
    const nodes = expandGrid({ ...grid, products: [{ ...product!, datasets: [{ name: 'csv', options }] }] }).nodes
    const inputs = projectsOf(nodes, workspace)[nodes[0]!.root]!.targets!['prepare']!.inputs as { runtime?: string }[]
    expect(inputs.find((input) => input.runtime)!.runtime).toMatch(
      / csv '\/it'\\''s\/\$\(here\)\/plays\.csv' '\/users\.csv'$/,
    )
  })

  test.each([
    '$(touch MARK)',
    '`touch MARK`',
    "'; touch MARK; '",
    'a\ntouch MARK\n',
    '"; touch MARK #',
    '\\',
    '& touch MARK',
    '{projectRoot}',
  ])('a path of %j reaches the program whole, and no shell', (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'indistinct-runtime-'))
    try {
      const [product] = grid.products
      const nodes = expandGrid({
        ...grid,
        products: [
          { ...product!, datasets: [{ name: 'csv', options: { interactions: path, attributes: '/users.csv' } }] },
        ],
      }).nodes
      const inputs = projectsOf(nodes, workspace)[nodes[0]!.root]!.targets!['prepare']!.inputs as { runtime?: string }[]
      const command = inputs.find((input) => input.runtime)!.runtime!
      const printed = execFileSync(
        'sh',
        ['-c', command.replace(/^.*?data-digest\.ts/, `"$NODE" -p 'JSON.stringify(process.argv.slice(1))' --`)],
        { cwd: folder, encoding: 'utf8', env: { NODE: process.execPath, PATH: process.env['PATH'] } },
      )
      expect(JSON.parse(printed)).toEqual(['csv', path, '/users.csv'])
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('data files are inputs of the data sets that have some', () => {
    const inputsOf = (dataset: string): unknown[] => {
      const node = expanded.nodes.find((each) => each.id.startsWith(`prepare-${dataset}-`))!
      return projects[node.root]!.targets!['prepare']!.inputs!
    }
    expect(inputsOf('ml-100k')).toContainEqual({
      runtime: 'node --import @indistinct/loader apps/experiments/src/data/data-digest.ts ml-100k',
    })
    expect(JSON.stringify(inputsOf('synthetic'))).not.toContain('runtime')
  })
})

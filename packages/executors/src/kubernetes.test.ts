/** @file Manifests, against the published schema of Kubernetes' batch/v1 and core/v1; no cluster is at hand. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Job, type IJob } from 'kubernetes-models/batch/v1/Job'
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { expect, test } from 'vitest'
import { runTasks } from './executor.ts'
import type { Task } from './task.ts'
import { kubernetesExecutor, kubernetesManifests } from './kubernetes.ts'

const options = {
  program: ['node', '/indistinct/bin.js'],
  label: 'test',
  image: 'registry.local/indistinct:1',
  volume: { claim: 'shared', path: '/store' },
  secret: 'credentials',
  workers: 3,
}
const task = (id: string, after: string[] = [], memory = 200): Task => ({
  id,
  args: ['cell', id, "it's"],
  after,
  memory,
  env: { INDISTINCT_XGBOOST: 'wasm' },
})
const tasks = [task('a'), task('b', [], 700), task('c', ['a', 'b'])]
const itemsOf = (list: unknown): [IConfigMap, IJob] => (list as { items: [IConfigMap, IJob] }).items

test('one Job a wave, valid by the schema, each index retried by itself', () => {
  const manifests = kubernetesManifests(tasks, options)
  expect(manifests.map(({ name }) => name)).toEqual(['indistinct-test-0', 'indistinct-test-1'])
  for (const { list } of manifests) {
    const [commands, job] = itemsOf(list)
    new ConfigMap(commands).validate()
    new Job(job).validate()
  }
  const [, first] = itemsOf(manifests[0]!.list)
  expect(first.spec).toMatchObject({
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    backoffLimitPerIndex: 3,
  })
  expect(first.spec!.template.spec!.containers[0]!.resources).toMatchObject({ requests: { cpu: '1', memory: '700Mi' } })
  // The schema does refuse: the check above is one.
  expect(() =>
    new Job({ ...first, spec: { ...first.spec!, completions: 'two' as unknown as number } }).validate(),
  ).toThrow(/completions/)
})

test("a pod's command runs the line of its index", () => {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-kubernetes-'))
  try {
    const [commands, job] = itemsOf(kubernetesManifests(tasks, { ...options, program: ['printf', '%s|'] })[0]!.list)
    const script = job.spec!.template.spec!.containers[0]!.command!
    execFileSync('sh', ['-c', `cat > ${folder}/commands`], { input: commands.data!['commands'] })
    const run = (index: number): string =>
      execFileSync('sh', ['-c', script[2]!.replace('/tasks/commands', `${folder}/commands`)], {
        env: { ...process.env, JOB_COMPLETION_INDEX: String(index) },
        encoding: 'utf8',
      })
    expect([run(0), run(1)]).toEqual(["cell|a|it's|", "cell|b|it's|"])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the executor writes manifests and the order to apply them in, and does not wait', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-kubernetes-'))
  try {
    const warnings: string[] = []
    const run = await runTasks(kubernetesExecutor({ ...options, folder }), tasks, {
      done: () => Promise.resolve(new Set(['a'])),
      onWarning: (text) => warnings.push(text),
    })
    expect(run).toMatchObject({ ended: false, missing: ['b', 'c'] })
    expect(warnings).toEqual([expect.stringContaining('never tried on a cluster')])
    expect(readdirSync(folder).sort()).toEqual(['apply.sh', 'indistinct-test-0.json', 'indistinct-test-1.json'])
    execFileSync('sh', ['-n', join(folder, 'apply.sh')])
    const [commands] = itemsOf(JSON.parse(readFileSync(join(folder, 'indistinct-test-0.json'), 'utf8')))
    expect(commands.data!['commands']).toBe("env INDISTINCT_XGBOOST=wasm node /indistinct/bin.js cell b 'it'\\''s'\n")
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

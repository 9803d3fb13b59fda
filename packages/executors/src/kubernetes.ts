/**
 * @file Kubernetes: manifests of Indexed Jobs, one a wave of tasks, written to files for kubectl. No cluster is asked
 * anything from here. A Job retries each index by itself (backoffLimitPerIndex), so that one bad task ends no other.
 */

import { join } from 'node:path'
import { checkOptions, jsonText, writeFileAtomic, type Json } from '@indistinct/core'
import { memoryOf, wavesOf, type Executor } from './executor.ts'
import type { Task } from './task.ts'
import { shellLine, shellQuoted } from './shell-line.ts'
import { checkTask } from './task-names.ts'

export interface KubernetesOptions {
  /** How `indistinct` is called in the image: interpreter and script. */
  readonly program: readonly string[]
  /** Where manifests are written. */
  readonly folder: string
  /** Names the Jobs: lower-case letters, digits and dashes, at most 40. */
  readonly label: string
  /** An image that holds a clone of the repository after npm ci. */
  readonly image: string
  /** A persistent volume claim that all pods mount, read and written by many, and where. */
  readonly volume?: { readonly claim: string; readonly path: string } | undefined
  /** A secret whose entries become the pods' environment: credentials of a store. */
  readonly secret?: string | undefined
  /** Pods at a time; default 10. */
  readonly workers?: number | undefined
  /** Cores a pod; default 1. */
  readonly threads?: number | undefined
}

/** Tasks of one Job: their commands go into one ConfigMap, which holds 1 MiB. */
const LARGEST_JOB = 1000

export interface Manifest {
  readonly name: string
  /** A ConfigMap and a Job, as a List. */
  readonly list: Json
}

/**
 * One manifest for each wave of `tasks`, in their order; a wave of more than 1,000 tasks has several.
 * @throws RangeError for a label that Kubernetes would refuse; as `checkTask` does.
 */
export function kubernetesManifests(tasks: readonly Task[], options: Omit<KubernetesOptions, 'folder'>): Manifest[] {
  if (!/^[a-z0-9-]{1,40}$/.test(options.label))
    throw new RangeError(
      'kubernetesManifests: expected a label of lower-case letters, digits and dashes, got ' +
        `${JSON.stringify(options.label)}`,
    )
  for (const task of tasks) checkTask(task)
  return wavesOf(tasks).flatMap((wave, depth) => {
    const parts = Array.from({ length: Math.ceil(wave.length / LARGEST_JOB) }, (_, at) =>
      wave.slice(at * LARGEST_JOB, (at + 1) * LARGEST_JOB),
    )
    return parts.map((part, at) =>
      manifestOf(part, `indistinct-${options.label}-${depth}${parts.length > 1 ? `-${at}` : ''}`, options),
    )
  })
}

/** `held` cannot tell: what is done, the store says. */
export function kubernetesExecutor(options: KubernetesOptions): Executor {
  checkOptions<KubernetesOptions>('kubernetesExecutor', options, {
    program: 'list',
    folder: 'string',
    label: 'string',
    image: 'string',
    volume: 'object',
    secret: 'string',
    workers: 'number',
    threads: 'number',
  })
  return {
    name: 'kubernetes',
    warnings: () =>
      Promise.resolve([
        'the manifests are checked against the published schema of Kubernetes, and were never tried on a cluster',
      ]),
    held: () => Promise.resolve(undefined),
    failures: () => Promise.resolve(new Map()),
    submit(tasks) {
      const manifests = kubernetesManifests(tasks, options)
      const path = ({ name }: Manifest): string => join(options.folder, `${name}.json`)
      for (const manifest of manifests) writeFileAtomic(path(manifest), jsonText(manifest.list, 2))
      const steps = manifests.map(
        (manifest) => `kubectl apply -f ${shellQuoted(path(manifest))}\nended job/${manifest.name}\n`,
      )
      writeFileAtomic(
        join(options.folder, 'apply.sh'),
        `#!/bin/sh\n# Applies one wave after the other; a wave that failed in part does not stop what the next ` +
          `one can do.\nended() { until kubectl wait --for=condition=complete --timeout=10s "$1" || kubectl wait ` +
          `--for=condition=failed --timeout=10s "$1"; do :; done; }\n${steps.join('')}`,
      )
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}

function manifestOf(tasks: readonly Task[], name: string, options: Omit<KubernetesOptions, 'folder'>): Manifest {
  const { program, image, volume, secret, workers = 10, threads = 1 } = options
  const lines = tasks.map(({ args, env = {} }) => shellLine(program, args, env))
  const labels = { 'app.kubernetes.io/name': 'indistinct', 'app.kubernetes.io/instance': name }
  const memory = `${Math.max(...tasks.map(memoryOf))}Mi`
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      completionMode: 'Indexed',
      completions: tasks.length,
      parallelism: Math.min(workers, tasks.length),
      backoffLimitPerIndex: 3,
      podFailurePolicy: {
        rules: [
          // An evicted pod is no failure of its task; wrong usage and bad data will not get better.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailIndex', onExitCodes: { operator: 'In', values: [2, 3] } },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'task',
              image,
              command: ['/bin/sh', '-c', 'eval "exec $(sed -n "$((JOB_COMPLETION_INDEX + 1))p" /tasks/commands)"'],
              env: [{ name: 'INDISTINCT_THREADS', value: String(threads) }],
              ...(secret !== undefined && { envFrom: [{ secretRef: { name: secret } }] }),
              resources: { requests: { cpu: String(threads), memory }, limits: { memory } },
              volumeMounts: [
                { name: 'tasks', mountPath: '/tasks', readOnly: true },
                ...(volume ? [{ name: 'store', mountPath: volume.path }] : []),
              ],
            },
          ],
          volumes: [
            { name: 'tasks', configMap: { name } },
            ...(volume ? [{ name: 'store', persistentVolumeClaim: { claimName: volume.claim } }] : []),
          ],
        },
      },
    },
  }
  const commands = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels },
    data: { commands: `${lines.join('\n')}\n` },
  }
  return { name, list: { apiVersion: 'v1', kind: 'List', items: [commands, job] } }
}

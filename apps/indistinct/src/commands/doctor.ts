/** @file `indistinct doctor`: what this machine offers, and what would make it faster. */

import { availableParallelism } from 'node:os'
import { canonicalJson } from '@indistinct/core'
import { cacheFolder, dataFolder, findDataset, knownDatasets } from '@indistinct/datasets'
import { chosenEngine, engines, threads } from '@indistinct/kernels'
import { measuredRate, openDevice } from '@indistinct/kernels/device'
import { describeXgbEngine, xgbEngine } from '@indistinct/xgboost'
import type { CommandModule } from 'yargs'
import { described } from '../terminal/command-help.ts'
import {
  computeEnvironment,
  computeOptions,
  dataEnvironment,
  outputOptions,
  type CommonArguments,
} from '../terminal/common-options.ts'
import { ownVersion } from '#system'
import { openSession } from '../terminal/session.ts'

type DoctorArguments = Pick<CommonArguments, 'json' | 'quiet' | 'threads'>

export const doctorOptions = { ...outputOptions, threads: computeOptions.threads }

export const doctorCommand: CommandModule<object, DoctorArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'doctor',
      examples: ['doctor', 'doctor --json'],
      environment: { ...computeEnvironment, ...dataEnvironment },
    }).options(doctorOptions) as never,
  handler: (args) => doctor(args),
}

async function doctor(args: DoctorArguments): Promise<void> {
  const session = openSession(args)
  const { backend: tensorflow } = openDevice()
  const rate = measuredRate()
  const xgboost = xgbEngine()
  const datasets = knownDatasets
    .filter(({ kind }) => kind === 'real')
    .map((known) => ({ name: known.name, folder: findDataset(known), fetchable: known.download !== undefined }))
  const folder = dataFolder()
  if (args.json) {
    const { engine, version, path, reason } = xgboost
    session.result(
      `${canonicalJson(
        {
          schema: 'indistinct/doctor/1',
          indistinct: ownVersion(),
          node: { version: process.version, platform: `${process.platform}-${process.arch}` },
          threads: { used: threads(), available: availableParallelism() },
          engine: chosenEngine(),
          tensorflow: {
            backend: tensorflow.name,
            device: tensorflow.device,
            reason: tensorflow.reason,
            absent: tensorflow.absent,
            products: rate,
          },
          xgboost: { engine, version, path, reason },
          data: { folder, cache: cacheFolder(), datasets },
        },
        2,
      )}\n`,
    )
    return
  }
  const lines: [string, string][] = [
    ['indistinct', ownVersion()],
    ['node', `${process.version} on ${process.platform}-${process.arch}`],
    ['threads', `${threads()} of ${availableParallelism()} (--threads or INDISTINCT_THREADS)`],
    ['kernels', 'WebAssembly with SIMD'],
    ['engine', `${chosenEngine()} (--engine or INDISTINCT_ENGINE: ${engines.join(', ')})`],
    [
      'tfjs',
      `${tensorflow.name} backend, ${tensorflow.device}: ${rate.gflops.toPrecision(2)} GFLOP/s in products of ` +
        `${rate.size} x ${rate.size}`,
    ],
    ...tensorflow.absent.map((line): [string, string] => ['', line]),
    ...(tensorflow.name === 'wasm' ? [['', 'for a GPU: docs/gpu.md'] satisfies [string, string]] : []),
    ['xgboost', describeXgbEngine()],
    ['data', folder ?? 'INDISTINCT_DATA is not set'],
    ['cache', cacheFolder()],
    ...datasets.map(({ name, folder: place, fetchable }): [string, string] => [
      `  ${name}`,
      place ?? (fetchable ? `not found; indistinct data fetch ${name}` : 'not found'),
    ]),
  ]
  session.result(lines.map(([name, text]) => `${name.padEnd(12)} ${text}\n`).join(''))
}

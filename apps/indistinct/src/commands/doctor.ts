/** @file `indistinct doctor`: what this machine offers, and what would make it faster. */

import { availableParallelism } from 'node:os'
import { canonicalJson } from '@indistinct/core'
import { cacheFolder, dataFolder, findDataset, knownDatasets } from '@indistinct/datasets'
import { chosenEngine, engines, threads } from '@indistinct/kernels'
import { measuredRate, missingTensorflow, openDevice } from '@indistinct/kernels/device'
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
  const tensorflow = tensorflowHere()
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
          tensorflow,
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
    ...tensorflowLines(tensorflow),
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

/** TensorFlow.js on this machine; `missing` is what to install where there is none. */
type TensorflowHere =
  | {
      readonly backend: string
      readonly device: string
      readonly reason: string
      readonly absent: readonly string[]
      readonly products: ReturnType<typeof measuredRate>
    }
  | { readonly missing: string }

function tensorflowHere(): TensorflowHere {
  const missing = missingTensorflow()
  if (missing !== undefined) return { missing }
  const { name, device, reason, absent } = openDevice().backend
  return { backend: name, device, reason, absent, products: measuredRate() }
}

function tensorflowLines(tensorflow: TensorflowHere): [string, string][] {
  if ('missing' in tensorflow) return [['tfjs', tensorflow.missing]]
  const { backend, device, absent, products } = tensorflow
  return [
    [
      'tfjs',
      `${backend} backend, ${device}: ${products.gflops.toPrecision(2)} GFLOP/s in products of ` +
        `${products.size} x ${products.size}`,
    ],
    ...absent.map((line): [string, string] => ['', line]),
    ...(backend === 'wasm' ? [['', 'for a GPU: docs/gpu.md'] satisfies [string, string]] : []),
  ]
}

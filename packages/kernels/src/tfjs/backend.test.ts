import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, expect, test } from 'vitest'
import { openBackend } from './index.ts'
import { missingTensorflow, tensorflowVersion } from './required-packages.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-backend-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a module in a process of its own, with `gpuPackage` as the source of tfjs-node-gpu where one is given. */
function run(script: string, gpuPackage?: string, env: NodeJS.ProcessEnv = {}) {
  const installed = dirname(
    dirname(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'))),
  )
  const paths = [installed]
  if (gpuPackage !== undefined) {
    const root = mkdtempSync(join(folder, 'modules-'))
    mkdirSync(join(root, '@tensorflow', 'tfjs-node-gpu'), { recursive: true })
    writeFileSync(join(root, '@tensorflow', 'tfjs-node-gpu', 'index.js'), gpuPackage)
    paths.push(root)
  }
  const source = `
    import * as tf from '@tensorflow/tfjs-core'
    import { lookup, openBackend } from '${new URL('./index.ts', import.meta.url).href}'
    ${script}`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', '@indistinct/loader', '--input-type=module', '-e', source],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: paths.join(delimiter), INDISTINCT_TFJS_PACKAGES: '', ...env },
    },
  )
  return { status, stdout, stderr }
}

/** A stand-in with the cpu backend's kernels under the name and the flag of tfjs-node. */
const nativeBackend = (seesGpu: boolean): string => `
  const tf = require('@tensorflow/tfjs-core')
  const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu')
  class Native extends MathBackendCPU { isUsingGpuDevice = ${seesGpu} }
  tf.registerBackend('tensorflow', () => new Native())
  for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: 'tensorflow' })`

const onWasm = 'wasm backend, the CPU (SIMD, one thread)'
const noWebGpu = 'webgpu and @tensorflow/tfjs-backend-webgpu are not installed'

const report = `
  const { name, reason } = await openBackend()
  const slope = tf.grad((x) => tf.sum(lookup(x, Int32Array.from([1, 1]))))(tf.ones([2, 1]))
  console.log(JSON.stringify([name === tf.getBackend(), reason, [...slope.dataSync()]]))`

test('opens one backend, once, and says why', async () => {
  const backend = await openBackend()
  expect(await openBackend()).toBe(backend)
  expect(tf.getBackend()).toBe(backend.name)
  expect(backend.reason).toMatch(new RegExp(`^${backend.name} backend, `))
  expect(backend.reason).not.toContain('\n')
})

test('names what to install in the versions that the manifest asks for', () => {
  const manifest = createRequire(import.meta.url)('../../package.json') as { peerDependencies: Record<string, string> }
  for (const name of ['core', 'backend-wasm'])
    expect(manifest.peerDependencies[`@tensorflow/tfjs-${name}`]).toBe(tensorflowVersion)
  expect(missingTensorflow()).toBeUndefined()
})

test.each([
  ['that sees a GPU', nativeBackend(true), 'tensorflow backend, a GPU that @tensorflow/tfjs-node-gpu 4.22.0 sees'],
  ['that sees none', nativeBackend(false), `${onWasm}; @tensorflow/tfjs-node-gpu finds no GPU; ${noWebGpu}`],
  [
    'that does not load',
    `throw new Error('libtensorflow.so.2: no such file\\nmore')`,
    `${onWasm}; @tensorflow/tfjs-node-gpu does not load: libtensorflow.so.2: no such file; ${noWebGpu}`,
  ],
])('given a tfjs-node-gpu %s', (_, gpuPackage, reason) => {
  const { stdout, stderr } = run(report, gpuPackage)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual([true, reason, [0, 2]])
})

test('prints nothing by itself, not even on first use', () => {
  const script = `
    await openBackend()
    await import('@tensorflow/tfjs-backend-cpu')
    for (const name of [tf.getBackend(), 'cpu']) {
      await tf.setBackend(name)
      tf.grad((x) => tf.sum(lookup(x, Int32Array.from([1]))))(tf.ones([2, 2])).dataSync()
    }
    process.exit(7)`
  expect(run(script)).toEqual({ status: 7, stdout: '', stderr: '' })
})

test('a backend that is asked for by name is opened, or the refusal says what is missing', () => {
  const { stdout } = run(report, undefined, { INDISTINCT_TFJS_BACKEND: 'wasm' })
  expect(JSON.parse(stdout)).toEqual([true, onWasm, [0, 2]])
  const refused = `
    try { await openBackend() } catch ({ code, message }) { console.log(JSON.stringify([code, message])) }`
  for (const [name, message] of [
    ['webgpu', `INDISTINCT_TFJS_BACKEND=webgpu: ${noWebGpu}`],
    ['cuda', 'INDISTINCT_TFJS_BACKEND: expected one of tensorflow, webgpu, wasm, got "cuda"'],
  ] as const)
    expect(JSON.parse(run(refused, undefined, { INDISTINCT_TFJS_BACKEND: name }).stdout)).toEqual(['usage', message])
})

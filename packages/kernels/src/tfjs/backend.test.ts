import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { openBackend } from './index.ts'

test('opens one backend, once, and says why', async () => {
  const backend = await openBackend()
  expect(await openBackend()).toBe(backend)
  expect(tf.getBackend()).toBe(backend.name)
  expect(backend.reason).toMatch(new RegExp(`^${backend.name} backend`))
  expect(backend.reason).not.toContain('\n')
})

test('prints nothing by itself, not even on first use', () => {
  const index = new URL('./index.ts', import.meta.url).href
  const script = `
    const tf = await import('@tensorflow/tfjs-core')
    const { openBackend, lookup } = await import('${index}')
    await openBackend()
    await import('@tensorflow/tfjs-backend-cpu')
    for (const name of [tf.getBackend(), 'cpu']) {
      await tf.setBackend(name)
      tf.grad((x) => tf.sum(lookup(x, Int32Array.from([1]))))(tf.ones([2, 2])).dataSync()
    }
    process.exit(7)`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  })
  expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: '', stderr: '' })
})

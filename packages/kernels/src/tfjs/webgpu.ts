/**
 * @file The backend `webgpu`: a GPU of any vendor without CUDA, by Dawn (the package webgpu) and
 * @tensorflow/tfjs-backend-webgpu.
 */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { firstLine, type Attempt } from './attempt.ts'
import { optionalPackage } from './optional-package.ts'

const packages = ['webgpu', '@tensorflow/tfjs-backend-webgpu'] as const

interface AdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<{ readonly info: AdapterInfo } | null>
}

/**
 * The tiled product. Of the others one adds parts of a sum in the order in which they come, so that equal arguments
 * would give unequal bytes.
 */
const tiledProduct = 3

/** Starts it, or says why not. A program on the CPU that acts as a GPU is one only if `forced`. */
export async function openWebGpu(forced: boolean): Promise<Attempt> {
  const [dawn, backend] = packages.map(optionalPackage)
  const missing = packages.filter((_, at) => [dawn, backend][at] === undefined)
  if (dawn === undefined || backend === undefined)
    return { problem: `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed` }
  try {
    const { create, globals } = (await import(pathToFileURL(dawn).href)) as {
      create: (options: string[]) => Gpu
      globals: object
    }
    // What the backend expects of a browser.
    Object.assign(globalThis, globals)
    const gpu = create([])
    Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true })
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return { problem: 'webgpu finds no GPU' }
    const { vendor, architecture, device, description } = adapter.info
    const words = [...new Set([vendor, architecture, device, description])].filter((word) => word).join(', ')
    if (!forced && /swiftshader|llvmpipe|lavapipe|basic render/i.test(words))
      return { problem: `webgpu finds no GPU, only a program on the CPU (${words})` }
    createRequire(import.meta.url)(backend)
    if (!tf.findBackendFactory('webgpu'))
      return {
        problem: `@tensorflow/tfjs-backend-webgpu has a @tensorflow/tfjs-core of its own beside ${tf.version_core}`,
      }
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', tiledProduct)
    if (!(await tf.setBackend('webgpu'))) return { problem: 'webgpu does not start' }
    const product = tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])))
    await product.data()
    product.dispose()
    return { device: words || 'a GPU without a name' }
  } catch (error) {
    return { problem: `webgpu does not load: ${firstLine(error)}` }
  }
}

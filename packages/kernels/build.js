/**
 * @file Compiles assembly/ into src/generated/kernels.wasm, which is committed so that nothing is compiled at install,
 * and the same as text, for pages in browsers that have no further file; a test compiles again and compares both.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))
export const generatedPath = join(here, 'src', 'generated', 'kernels.wasm')

/** Compiles to `outFile`; the first 64 KiB stay free for the argument block. */
export async function buildKernels(outFile = generatedPath) {
  const { error, stderr } = await asc.main([
    join(here, 'assembly', 'index.ts'),
    '--outFile',
    outFile,
    '--runtime',
    'stub',
    '--enable',
    'simd,threads',
    '--sharedMemory',
    '--importMemory',
    '--initialMemory',
    '2',
    '--maximumMemory',
    '65536',
    '--memoryBase',
    '65536',
    '-O3',
    '--noAssert',
    '--converge',
    '--use',
    'abort=',
  ])
  if (error) throw new Error(`buildKernels: ${error.message}\n${stderr.toString()}`)
}

/** The bytes a fresh compilation gives. */
export async function compileKernels() {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-kernels-'))
  try {
    await buildKernels(join(folder, 'kernels.wasm'))
    return readFileSync(join(folder, 'kernels.wasm'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const textPath = join(here, 'src', 'generated', 'kernels-base64.js')

/** The module that holds the kernels as text. @param {Uint8Array} bytes */
export function kernelsText(bytes) {
  return `export const kernelsBase64 =\n  '${Buffer.from(bytes).toString('base64')}'\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKernels()
  writeFileSync(textPath, kernelsText(readFileSync(generatedPath)))
}

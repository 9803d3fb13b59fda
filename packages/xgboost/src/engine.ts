/**
 * @file Which XGBoost runs: a native libxgboost if one is found, WebAssembly otherwise.
 *
 * XGBOOST_LIB names a library file; INDISTINCT_XGBOOST=wasm or =native forces one of the two.
 */

import { createRequire } from 'node:module'
import { usageError } from '@indistinct/core'
import { libraryCandidates } from './library-paths.ts'

export type XgbEngineName = 'native' | 'wasm'

export interface XgbEngine {
  readonly engine: XgbEngineName
  /** Version of XGBoost for native, of the npm package ml-xgboost for wasm. */
  readonly version: string
  /** The library file (native), or the WebAssembly file. */
  readonly path: string
  /** Why this engine, where it is not simply the best there is. */
  readonly reason?: string
}

/** Oldest native version whose C API has all that the binding calls (model buffers in UBJSON). */
const oldest = [1, 6] as const

const require = createRequire(import.meta.url)
const probed = new Map<string, XgbEngine | string>()

/**
 * The engine that fits will use by default.
 * @throws IndistinctError 'usage' when XGBOOST_LIB or INDISTINCT_XGBOOST ask for what is not there.
 */
export function xgbEngine(environment: Readonly<Record<string, string | undefined>> = process.env): XgbEngine {
  const forced = environment['INDISTINCT_XGBOOST'] || undefined
  if (forced !== undefined && forced !== 'native' && forced !== 'wasm') {
    throw usageError(`INDISTINCT_XGBOOST: expected native or wasm, got "${forced}"`)
  }
  if (forced === 'wasm') return wasmEngine('INDISTINCT_XGBOOST=wasm')
  const named = environment['XGBOOST_LIB'] || undefined
  if (named !== undefined) {
    const engine = probe(named)
    if (typeof engine === 'string') {
      throw usageError(
        `XGBOOST_LIB: expected a libxgboost that loads, got ${named} (${engine}); correct it or unset it`,
      )
    }
    return engine
  }
  const failures: string[] = []
  for (const path of libraryCandidates(environment)) {
    const engine = probe(path)
    if (typeof engine !== 'string') return engine
    failures.push(`${path}: ${engine}`)
  }
  const reason = failures.length === 0 ? 'no libxgboost found' : `no libxgboost loads (${failures.join('; ')})`
  if (forced === 'native') {
    throw usageError(
      `INDISTINCT_XGBOOST=native: ${reason}; install it (${howToInstall}) or name the file in XGBOOST_LIB`,
    )
  }
  return wasmEngine(reason)
}

const howToInstall = 'apt install libxgboost0, brew install xgboost, conda install libxgboost, or pip install xgboost'

/** One line for `doctor` and logs: the engine in use and, without a native library, how to get one. */
export function describeXgbEngine(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { engine, version, path, reason } = xgbEngine(environment)
  if (engine === 'native') return `XGBoost ${version}, native, ${path}`
  return (
    `XGBoost in WebAssembly (ml-xgboost ${version}): ${reason}. Results agree to 1e-6; a native library is ` +
    `somewhat faster: ${howToInstall}, or set XGBOOST_LIB`
  )
}

/** The WebAssembly engine, which is always there. */
export function wasmEngine(reason?: string): XgbEngine {
  const { version } = require('ml-xgboost/package.json') as { version: string }
  const path = require.resolve('ml-xgboost/dist/wasm/xgboost.wasm')
  return { engine: 'wasm', version, path, ...(reason !== undefined && { reason }) }
}

/** Loads the library and asks its version; a string says why it cannot be used. */
function probe(path: string): XgbEngine | string {
  let result = probed.get(path)
  if (result === undefined) {
    result = load(path)
    probed.set(path, result)
  }
  return result
}

function load(path: string): XgbEngine | string {
  try {
    const koffi = require('koffi') as typeof import('koffi').default
    const version = koffi.load(path).func('void XGBoostVersion(_Out_ int*, _Out_ int*, _Out_ int*)')
    const parts = [[0], [0], [0]]
    version(...parts)
    const [major, minor, patch] = parts.map(([part]) => part!) as [number, number, number]
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      return `version ${major}.${minor}.${patch} is older than ${oldest.join('.')}`
    }
    return { engine: 'native', version: `${major}.${minor}.${patch}`, path }
  } catch (error) {
    return (error as Error).message.split('\n')[0]!
  }
}

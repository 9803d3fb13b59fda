/** @file What the bundles of the tests start with. */

import { provideXgboost } from '@indistinct/xgboost/browser'
import { runEveryPackage } from './every-package.ts'

interface Files {
  readonly script: string
  readonly wasm: string
  readonly version: string
}

const run = (files: Files): Promise<Record<string, string>> => {
  const wasm = Uint8Array.from(atob(files.wasm), (character) => character.charCodeAt(0))
  provideXgboost({ ...files, wasm })
  return runEveryPackage('/made/')
}

Object.assign(globalThis, { run, isReady: true })

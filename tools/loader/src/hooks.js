/** @file How Node loads `.ts` and `.mts`: `loadSync` in the thread that imports, `load` in a thread for hooks. */

import { blanked } from './blanked.js'
import { directImports } from './direct-imports.js'

/** @typedef {{ format: 'module', source: string, shortCircuit: true }} Loaded */

/** @param {string} url @param {any} context @param {(url: string, context: any) => any} next */
export function loadSync(url, context, next) {
  return /\.m?ts$/.test(url) ? loaded(url) : next(url, context)
}

/** @param {string} url @param {any} context @param {(url: string, context: any) => Promise<any>} next */
export async function load(url, context, next) {
  return /\.m?ts$/.test(url) ? loaded(url) : next(url, context)
}

/** @param {string} url @returns {Loaded} */
function loaded(url) {
  return { format: 'module', source: directImports(blanked(url)), shortCircuit: true }
}

/**
 * @file TypeScript without its types: spaces stand in their place, so that lines and columns of errors are those of the
 * source. What was blanked once is kept under the digest of its source, so nothing stale can be read.
 */

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

/** Inside node_modules, which git ignores and `npm ci` empties. */
export const cacheFolder = fileURLToPath(new URL('../../../node_modules/.cache/indistinct', import.meta.url))

const version = JSON.parse(readFileSync(require.resolve('ts-blank-space/package.json'), 'utf8')).version
const folder = `${cacheFolder}/blanked-${version}`

/**
 * JavaScript of the TypeScript file at `url`.
 * @param {string} url of scheme file
 * @returns {string}
 * @throws {SyntaxError} where a piece of syntax does more than name a type, such as an enum.
 */
export function blanked(url) {
  const source = readFileSync(fileURLToPath(url), 'utf8')
  const kept = `${folder}/${createHash('sha1').update(source).digest('hex')}.js`
  try {
    return readFileSync(kept, 'utf8')
  } catch {
    const text = withoutTypes(source, url)
    keep(kept, text)
    return text
  }
}

/** @param {string} source @param {string} url */
function withoutTypes(source, url) {
  // Loaded here alone: the compiler takes longer to load than most commands to run.
  const { default: blankSpace } = require('ts-blank-space')
  return blankSpace(source, (/** @type {{ pos: number, end: number }} */ { pos, end }) => {
    const text = source.slice(pos, end).trim()
    const line = source.slice(0, source.indexOf(text, pos)).split('\n').length
    throw new SyntaxError(`${fileURLToPath(url)}:${line}: expected syntax that can be erased, got ${text}`)
  })
}

/** A reader sees all of a file or none. A folder that cannot be written, as in a read-only checkout, keeps nothing. */
function keep(/** @type {string} */ path, /** @type {string} */ text) {
  const partial = `${path}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(partial, text)
    renameSync(partial, path)
  } catch {
    return
  }
}

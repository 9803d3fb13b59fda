/**
 * @file Imports of the workspace's packages that lead straight to the files that define what is imported. An index
 * loads all of its package; so one loads what is used, and what is not used can be edited without being run.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { blanked } from './blanked.js'
import { bindings, entryFile, rememberedNames } from './package-files.js'

/**
 * `text` with imports by name from a package's index replaced by imports from the files that the index lists, on the
 * same lines. Packages have no side effects, so an import of nothing, as types alone leave it, goes.
 * @param {string} text JavaScript, types blanked out
 * @param {{ root?: string, names?: typeof rememberedNames }} [options] of the workspace that the packages are looked
 * for in, and how an index is read
 * @returns {string}
 */
export function directImports(text, { root, names: namesOf = rememberedNames } = {}) {
  // Below the imports a line may look like one, in a string.
  const end = importsEnd(text)
  const led = text
    .slice(0, end)
    .replace(
      /^import\s*\{([^}]*)\}\s*from\s*['"](@indistinct\/[^'"]+)['"];?/gm,
      (statement, /** @type {string} */ names, /** @type {string} */ specifier) => {
        const lines = '\n'.repeat(statement.split('\n').length - 1)
        const wanted = bindings(names)
        const index = entryFile(specifier, root)
        if (index === undefined) return statement
        if (wanted.length === 0) return lines
        const listed = namesOf(index, source)
        if (listed === undefined || wanted.some(([name]) => !listed.has(name))) return statement
        /** @type {Map<string, string[]>} */
        const byFile = new Map()
        for (const [name, as] of wanted) {
          const place = /** @type {{ file: string, name: string }} */ (listed.get(name))
          byFile.set(place.file, [...(byFile.get(place.file) ?? []), `${place.name} as ${as}`])
        }
        const direct = [...byFile].map(
          ([file, own]) => `import { ${own.join(', ')} } from ${JSON.stringify(pathToFileURL(file).href)};`,
        )
        return `${direct.join(' ')}${lines}`
      },
    )
  return led + text.slice(end)
}

/** Where the imports that a file begins with end. @param {string} text */
export function importsEnd(text) {
  const parts =
    /[\s;]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|import\b(?!\s*[(.])[^'"]*['"][^'"\n]*['"](?:\s*with\s*\{[^}]*\})?;?/y
  let end = 0
  while (parts.test(text)) end = parts.lastIndex
  return end
}

/**
 * The JavaScript that Node is given for `file`, before imports are led.
 * @param {string} file
 */
export function source(file) {
  const url = pathToFileURL(file).href
  return /\.m?ts$/.test(file) ? blanked(url) : readFileSync(fileURLToPath(url), 'utf8')
}

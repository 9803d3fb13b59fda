import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandNames } from '../terminal/command-names.ts'
import { commandOptions } from '../terminal/command-options.ts'

test('the commands that are loaded by name are those that have flags', () => {
  expect(Object.keys(commandOptions)).toEqual(commandNames)
})

/** Files that `file` needs before its first line runs: what `import … from` names, and what those name. */
function loadedWith(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  for (const [, kind, path] of readFileSync(file, 'utf8').matchAll(
    /^(import|export) (?!type )[^;]*?from '([^']+)'/gms,
  )) {
    if (kind !== undefined && path!.startsWith('.')) loadedWith(new URL(path!, file), seen)
    else seen.add(path!)
  }
  return seen
}

test('--help of all commands loads nothing of the packages but their common ground', () => {
  const loaded = [
    ...loadedWith(new URL('../main.ts', import.meta.url)),
    ...loadedWith(new URL('../run.ts', import.meta.url)),
  ]
  expect(loaded.filter((path) => /^@indistinct\/(?!core(\/platform)?$)/.test(path))).toEqual([])
  expect(
    loaded.filter((path) => /\/src\/(audit|inputs|unlearn(?!\/provenance)|shards|grid|stores)\//.test(path)),
  ).toEqual([])
})

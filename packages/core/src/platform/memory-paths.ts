/** @file Paths of files in memory: those of POSIX, with `/` as the folder that work is done in. */

export const sep = '/'
export const delimiter = ':'

export function resolve(...paths: readonly string[]): string {
  const parts: string[] = []
  for (const path of paths) {
    if (path.startsWith('/')) parts.length = 0
    for (const part of path.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
  }
  return `/${parts.join('/')}`
}

export function join(...paths: readonly string[]): string {
  const joined = paths.filter((path) => path !== '').join('/')
  const whole = resolve(joined)
  return joined.startsWith('/') ? whole : whole.slice(1) || '.'
}

export function basename(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1)!
}

export function dirname(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}

export function extname(path: string): string {
  const name = basename(path)
  const at = name.lastIndexOf('.')
  return at <= 0 ? '' : name.slice(at)
}

export function relative(from: string, to: string): string {
  const [start, end] = [from, to].map((path) => resolve(path).split('/').filter(Boolean)) as [string[], string[]]
  let same = 0
  while (same < start.length && same < end.length && start[same] === end[same]) same++
  return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/')
}

/** @file The browser's name and version, for the record of how a result was made. */

const known = /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/g
const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' }

/** The last of the names that a browser goes by is its own. */
export function browserName(userAgent: string): string {
  const [, name, version] = [...userAgent.matchAll(known)].at(-1) ?? []
  return name === undefined ? 'unknown' : `${names[name] ?? name} ${version}`
}

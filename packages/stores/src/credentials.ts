/**
 * @file Addresses and passwords of servers. They come from the environment alone: an argument would stand in process
 * lists, shell histories and reports. No message, cause or record carries them.
 */

import { usageError } from '@indistinct/core'

type Environment = Readonly<Record<string, string | undefined>>

const defaultEnvironment = process.env

/**
 * The address in the variable `name`, or undefined where it is not set.
 * @throws IndistinctError 'usage' where it is no address; the message does not repeat it.
 */
export function addressFrom(
  name: 'DATABASE_URL' | 'REDIS_URL',
  schemes: readonly string[],
  environment: Environment = defaultEnvironment,
): URL | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && schemes.includes(url.protocol.slice(0, -1))) return url
  throw usageError(
    `${name}: expected an address such as ${schemes[0]}://user:password@host/…, with special characters of the ` +
      'password percent-encoded; its value is not shown here',
  )
}

/** `text` without any password of the environment, in whatever form the address has it. */
export function redacted(text: string, environment: Environment = defaultEnvironment): string {
  const secrets = new Set<string>()
  for (const name of ['PGPASSWORD', 'REDIS_PASSWORD']) secrets.add(environment[name] ?? '')
  for (const name of ['DATABASE_URL', 'REDIS_URL']) {
    const value = environment[name] ?? ''
    if (value === '') continue
    secrets.add(value)
    if (!URL.canParse(value)) continue
    const { password } = new URL(value)
    secrets.add(password)
    try {
      secrets.add(decodeURIComponent(password))
    } catch {
      // A stray percent sign: the password stands in the address as it is.
    }
  }
  let safe = text
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    if (secret !== '') safe = safe.replaceAll(secret, '***')
  return withoutPasswords(safe)
}

/**
 * `text` with user and password of every address in it replaced; file:/// has none, and scoped packages in its paths.
 */
export function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?!\/)\S*@/gi, '$1***@')
}

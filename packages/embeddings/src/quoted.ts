/** @file Text from files, as it may stand in a message. */

/** Text from a file as it may stand in a message: quoted, control characters escaped, cut after 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

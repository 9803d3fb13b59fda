/** @file What ends the lines of a text of columns. */

/**
 * The ends of lines in a text that begins with `head`: a lone carriage return where the first line ends so, else both
 * forms of a line feed, since files that were put together or edited have both.
 */
export function lineEnds(head: string): string[] {
  let inside = false
  for (let at = 0; at < head.length; at++) {
    const character = head[at]
    if (character === '"') inside = !inside
    if (inside || (character !== '\r' && character !== '\n')) continue
    return character === '\r' && head[at + 1] !== '\n' && at + 1 < head.length ? ['\r'] : ['\r\n', '\n']
  }
  return ['\r\n', '\n']
}

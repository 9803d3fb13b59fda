/** @file A strict check of a report's markup for the tests: what passes is well-formed XML inside the doctype. */

const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:.-]*="[^"<]*")*)\s*(\/?)>/y
const entity = /&(?:amp|lt|gt|quot|#\d+);/y

export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/**
 * The elements of `document` in order.
 * @throws Error at the first tag that does not close, bare `<` or `&`, unquoted or repeated attribute, or repeated id.
 */
export function wellFormed(document: string): Element[] {
  const open: string[] = []
  const elements: Element[] = []
  const ids = new Set<string>()
  const fail = (at: number, what: string): never => {
    throw new Error(`wellFormed: ${what} at ${at}: ${document.slice(at, at + 80)}`)
  }
  let at = document.startsWith('<!DOCTYPE html>') ? 15 : fail(0, 'expected a doctype')
  while (at < document.length) {
    const character = document[at]
    if (character === '<') {
      tag.lastIndex = at
      const found = tag.exec(document) ?? fail(at, 'expected a tag')
      const [text, closing, name, attributeText, empty] = found as unknown as [string, string, string, string, string]
      if (closing !== '') {
        if (open.pop() !== name) fail(at, 'expected the end of another element')
      } else {
        const attributes = new Map<string, string>()
        for (const [, key, value] of attributeText.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
          if (attributes.has(key!)) fail(at, `repeated attribute ${key}`)
          attributes.set(key!, value!)
        }
        const id = attributes.get('id')
        if (id !== undefined && ids.has(id)) fail(at, `repeated id ${id}`)
        if (id !== undefined) ids.add(id)
        elements.push({ name, attributes })
        if (empty === '') open.push(name)
      }
      at += text.length
    } else if (character === '&') {
      entity.lastIndex = at
      at += (entity.exec(document) ?? fail(at, 'expected an entity'))[0].length
    } else at++
  }
  if (open.length > 0) fail(at, `expected the end of ${open.join(' ')}`)
  return elements
}

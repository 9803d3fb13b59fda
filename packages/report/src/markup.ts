/**
 * @file Markup that escapes by default: what is put into an `html` template is text unless it is itself markup.
 * The output is HTML5 that is well-formed XML as well, so that a strict parser can check it.
 */

/** Text that is already markup. A class, so that no plain data read from a file can pose as one. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = string | number | Markup | undefined | false | readonly Content[]

/**
 * Template tag: literal parts are markup, values are escaped; arrays are joined, `undefined` and `false` are nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Content[]): Markup {
  let out = parts[0]!
  for (let i = 0; i < values.length; i++) out += render(values[i]) + parts[i + 1]!
  return new Markup(out)
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (Array.isArray(content)) return content.map(render).join('')
  return escapeText(String(content))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

// Control characters, lone surrogates and non-characters are not legal text; marks that reorder or hide what stands
// beside them (bidirectional controls, zero-width characters) would let one label pass for another.
const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]|\p{Surrogate}/gu

/** Escapes text for element content and for quoted attributes; unprintable characters become U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(unprintable, '\ufffd').replace(/[&<>"'`]/g, (c) => entities[c]!)
}

/** At most `length` characters of `text` (whole code points), the last one an ellipsis where something was cut. */
export function shorten(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

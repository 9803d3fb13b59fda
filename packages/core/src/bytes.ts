/** @file Bytes and text, as Node and browsers both have them. */

const encoder = new TextEncoder()
/** A mark at the start of a text is a character of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes of `view` itself, not copied. `view.buffer` alone may start earlier and end later. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** The parts one after another, in memory of their own. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>
}

/** What is no UTF-8 becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** The lowest byte of each character. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at) & 255)
}

/** Characters that `fromCharCode` takes at once. */
const AT_ONCE = 8192

/** A character for each byte, of the same number. */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length <= AT_ONCE) return textOf(bytes)
  let text = ''
  for (let at = 0; at < bytes.length; at += AT_ONCE) text += textOf(bytes.subarray(at, at + AT_ONCE))
  return text
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[])
}

export function base64Text(bytes: Uint8Array): string {
  return btoa(latin1Text(bytes))
}

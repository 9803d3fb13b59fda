import { describe, expect, test } from 'vitest'
import { escapeText, html, Markup, shorten } from './markup.ts'

describe('html', () => {
  test('escapes values and keeps markup', () => {
    expect(html`<p title="${'"><b>'}">${"<i> & '`"} ${html`<b>x</b>`}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt; &amp; &#39;&#96; <b>x</b></p>',
    )
  })

  test('joins arrays, leaves out undefined and false, keeps zero', () => {
    expect(html`${[1, 'a', [html`<br/>`]]}${undefined}${false}${0}`.text).toBe('1a<br/>0')
  })

  test('data shaped like markup is no markup', () => {
    const posing = JSON.parse('{"text":"<script>"}') as never
    expect(html`${posing}`.text).not.toContain('<script>')
    expect(html`${new Markup('<b/>')}`.text).toBe('<b/>')
  })
})

describe('escapeText', () => {
  test.each([
    ['control characters', 'a\u0000b\u0008c\u001bd\u0085e', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
    ['bidirectional controls', 'M\u202eF\u2066x', 'M\ufffdF\ufffdx'],
    ['zero-width characters', 'a\u200bb\ufeff', 'a\ufffdb\ufffd'],
    ['lone surrogates', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ])('%s become visible', (_, text, expected) => {
    expect(escapeText(text)).toBe(expected)
  })

  test('scripts, accents and emoji stay', () => {
    const text = 'żeńska עברית العربية 女 👩‍🔬 e\u0301'
    expect(escapeText(text)).toBe(text)
  })
})

describe('shorten', () => {
  test('cuts by code points', () => {
    expect(shorten('👩👩👩👩', 3)).toBe('👩👩…')
    expect(shorten('abc', 3)).toBe('abc')
  })
})

/** @file The frame of every HTML file: no script, nothing fetched, one style sheet that the policy allows by digest. */

import { base64Text, sha256 } from '@indistinct/core'
import { html, Markup } from './markup.ts'
import { styleSheet } from './style-sheet.ts'

const styleDigest = base64Text(Uint8Array.from(sha256(styleSheet).match(/../g)!, (pair) => parseInt(pair, 16)))

/** A complete document around `body`. */
export function htmlPage(title: string, body: Markup): string {
  return html`${new Markup('<!DOCTYPE html>')}
<html lang="en"><head><meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleDigest}'; \
img-src data:; base-uri 'none'; form-action 'none'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/>\
<meta name="referrer" content="no-referrer"/>
<link rel="icon" href="data:,"/><title>${title}</title>
<style>${new Markup(styleSheet)}</style></head>
<body>
${body}
</body></html>
`.text
}

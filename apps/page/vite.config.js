/** @file Builds the page as one file that asks for nothing: script, worker, style and WebAssembly stand in it. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { defineConfig } from 'vite'

/** @param {string} text */
const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * Puts the script and the style sheet into the page, and names their digests in its policy. Workers are made from text
 * that is in the script.
 * @returns {import('vite').Plugin}
 */
function inOneFile() {
  return {
    name: 'in-one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = Object.values(bundle).find((file) => file.type === 'asset' && file.fileName.endsWith('.html'))
      if (page?.type !== 'asset') throw new Error('in-one-file: expected a page among what was built')
      let [script, style] = ['', '']
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue
        if (file.type === 'chunk') script += file.code
        else if (name.endsWith('.css')) style += String(file.source)
        else throw new Error(`in-one-file: ${name} would be a file of its own`)
        delete bundle[name]
      }
      const program = `\n${script.replaceAll('</script', '<\\/script').trim()}\n`
      const policy = [
        "default-src 'none'",
        `script-src ${digest(program)} 'wasm-unsafe-eval'`,
        `style-src ${digest(style)}`,
        'worker-src blob:',
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ')
      page.source = String(page.source)
        .replace(/\s*<script[^>]*src=[^>]*><\/script>/, '')
        .replace(/\s*<link[^>]*rel="stylesheet"[^>]*>/, '')
        .replace('POLICY', () => policy)
        .replace('</head>', () => `<style>${style}</style>\n</head>`)
        .replace('</body>', () => `<script type="module">${program}</script>\n</body>`)
    },
  }
}

/** Files as text, for `?base64`. @returns {import('vite').Plugin} */
function asBase64() {
  return {
    name: 'as-base64',
    enforce: 'pre',
    load(id) {
      const [file, query] = id.split('?')
      return query === 'base64' && file ? `export default '${readFileSync(file, 'base64')}'` : undefined
    },
  }
}

const require = createRequire(import.meta.url)
const versions = {
  indistinct: require('../indistinct/package.json').version,
  xgboost: require('ml-xgboost/package.json').version,
}

export default defineConfig({
  define: { VERSIONS: JSON.stringify(versions) },
  base: './',
  plugins: [inOneFile()],
  build: { target: 'es2022', modulePreload: false, assetsInlineLimit: Infinity, cssCodeSplit: false },
  worker: { format: 'iife', plugins: () => [asBase64()] },
  logLevel: 'warn',
})

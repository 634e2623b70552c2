import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html, Markup } from './markup.ts'

export interface PageParts {
  readonly title: string
  readonly body: Markup
  /** The style of the page, in addition to that of all pages. The matrix has a program as well. */
  readonly kind: 'matrix' | 'case'
}

/**
 * Makes a page that works without other files: style and program are inside, and it loads nothing. A content security policy lets nothing
 * else run, in case a testee finds a way to write into the page.
 */
export function page({ title, body, kind }: PageParts): string {
  const style = asset('report.css', `${kind}.css`)
  const program = kind === 'matrix' ? asset('matrix.js') : undefined
  const scripts = program === undefined ? "'none'" : `'${program.hash}'`
  const policy = `default-src 'none'; style-src '${style.hash}'; script-src ${scripts}; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style.text}</style>
</head>
<body>
${body}
${program && new Markup(`<script>${program.text}</script>`)}
</body>
</html>
`.toString()
}

interface Asset {
  readonly text: Markup
  /** The hash, in the form that a content security policy uses. */
  readonly hash: string
}

/** Joins files of this package's folder `page`. They are read once and kept, because a run writes thousands of pages. */
function asset(...names: readonly string[]): Asset {
  const key = names.join()
  const known = assets.get(key)
  if (known !== undefined) return known
  const text = names.map(name => readFileSync(new URL(`../../page/${name}`, import.meta.url), 'utf8')).join('\n')
  const read = { text: new Markup(text), hash: `sha256-${createHash('sha256').update(text).digest('base64')}` }
  assets.set(key, read)
  return read
}

const assets = new Map<string, Asset>()

import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

/**
 * One file of the web-platform tests.
 *
 * @typedef {object} TestFile
 * @property {string} path the path below the checkout, with slashes
 * @property {readonly Script[]} scripts what is run, in this order, after the harness
 * @property {readonly string[]} variants the queries with which the file is run; `['']` for one run without a query
 * @property {boolean} isLong whether it may take longer than others
 *
 * @typedef {{ readonly src: string } | { readonly text: string }} Script a path below the checkout, which may have a query; or the script itself
 */

/**
 * Reads a test: a script with directives in comments (`// META: script=…`), or a page, of which the scripts are taken.
 *
 * @param {string} checkout
 * @param {string} path
 * @returns {TestFile}
 */
export function readTestFile(checkout, path) {
  const text = readFileSync(`${checkout}/${path}`, 'utf8')
  return path.endsWith('.js') ? fromScript(path, text) : fromPage(path, text)
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {TestFile}
 */
export function fromScript(path, text) {
  const directives = [...text.matchAll(/^\/\/\s*META:\s*(\w+)=(.*?)\s*$/gm)].map(([, name, value]) => ({ name, value }))
  const values = name => directives.filter(directive => directive.name === name).map(({ value }) => value)
  return {
    path,
    scripts: [...values('script').map(src => ({ src: absolute(path, src) })), { src: path }],
    variants: orOne(values('variant')),
    isLong: values('timeout').includes('long'),
  }
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {TestFile}
 */
export function fromPage(path, text) {
  const scripts = []
  for (const [, attributes, content] of text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
    const src = attribute(attributes, 'src')
    if (src === undefined) scripts.push({ text: content })
    else if (!/\/resources\/testharness(report)?\.js$/.test(src)) scripts.push({ src: absolute(path, src) })
  }
  const metas = [...text.matchAll(/<meta\b([^>]*)>/gi)].map(([, attributes]) => attributes)
  const values = name => metas.filter(meta => attribute(meta, 'name') === name).map(meta => attribute(meta, 'content') ?? '')
  return { path, scripts, variants: orOne(values('variant')), isLong: values('timeout').includes('long') }
}

/** Returns the value of an attribute, which may stand without quotes. */
function attribute(attributes, name) {
  const [, double, single, bare] = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes) ?? []
  return double ?? single ?? bare
}

/** Returns the path of a script that a test names, below the checkout. */
function absolute(from, src) {
  return src.startsWith('/') ? src.slice(1) : posix.join(posix.dirname(from), src)
}

function orOne(variants) {
  return variants.length === 0 ? [''] : variants
}

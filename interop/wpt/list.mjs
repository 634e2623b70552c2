import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The kinds of files that are run, in every folder of `websockets/`: scripts for any global object, and pages that consist of scripts. */
const included = [/\.any\.js$/, /\.html?$/]

/** The tests that need what only a browser has, by name. */
const excluded = [
  [/^Create-on-worker-shutdown\.any\.js$/, 'starts a worker from a Blob'],
  [/^cookies\//, 'needs the cookies of a browser'],
  [/^(mixed-content|security|unload-a-document|multi-globals|back-forward-cache)/, 'needs documents'],
  [/^bufferedAmount-unchanged-by-sync-xhr/, 'needs XMLHttpRequest'],
  [/^resources\//, 'is a part of tests'],
]

/** Patterns of pages and scripts that need a browser. */
const browserOnly = [
  [/\bdocument\.(?!currentScript)|<(iframe|body|object|embed)\b/, 'needs a document'],
  [/\bnew (Shared)?Worker\b/, 'starts workers of a page'],
  [/\bXMLHttpRequest\b/, 'needs XMLHttpRequest'],
  [/\b(window\.open|postMessage|showModalDialog)\s*\(/, 'needs windows'],
]

/** Variants that are not run: the clients speak HTTP/1.1. */
const excludedVariants = [[/\bwpt_flags=h[23]\b/, 'needs a client that connects over HTTP/2']]

/**
 * Chooses the tests of a checkout. Returns the paths below the checkout, and those that are left out with the reason.
 *
 * @param {string} checkout
 * @returns {{ run: string[], leftOut: { path: string, why: string }[] }}
 */
export function selectedTests(checkout) {
  const folder = `${checkout}/websockets`
  if (!existsSync(folder)) throw new Error(`${checkout} is not a checkout of the web-platform tests: it has no folder websockets`)
  const run = []
  const leftOut = []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => name.replaceAll('\\', '/'))
  for (const name of files.sort()) {
    const path = `websockets/${name}`
    if (!isTest(name)) continue
    const why = reasonAgainst(name, readFileSync(`${checkout}/${path}`, 'utf8'))
    if (why === undefined) run.push(path)
    else leftOut.push({ path, why })
  }
  return { run, leftOut }
}

/**
 * Returns the reason why a test is not run; `undefined` where it is.
 *
 * @param {string} name the path below `websockets/`
 * @param {string} text
 */
export function reasonAgainst(name, text) {
  const [, named] = excluded.find(([pattern]) => pattern.test(name)) ?? []
  if (named !== undefined) return named
  const [, needed] = browserOnly.find(([pattern]) => pattern.test(text)) ?? []
  if (needed !== undefined) return needed
  return included.some(pattern => pattern.test(name)) ? undefined : 'is of a kind that only browsers run'
}

/**
 * Returns the reason why a variant is not run; `undefined` where it is.
 *
 * @param {string} variant
 */
export function reasonAgainstVariant(variant) {
  return excludedVariants.find(([pattern]) => pattern.test(variant))?.[1]
}

function isTest(name) {
  return /\.(any|window|worker)\.js$|\.html?$/.test(name) && !/(^|\/)(resources|support)\//.test(name)
}

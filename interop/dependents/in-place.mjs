// The common part of the programs: each has a package that depends on `ws` do its job, and ends by itself.
import { strict as assert } from 'node:assert'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))

/**
 * Checks that `ws`, resolved from inside each package, is the drop-in, and prints it. Call it at the end of a program: it also checks that the file with the
 * drop-in's code was loaded.
 */
export function provesDropIn(...packages) {
  for (const name of packages) {
    const inside = createRequire(join(folderOf(name), 'inside.js'))
    const resolved = realpathSync(inside.resolve('ws'))
    const folder = resolved.slice(0, resolved.lastIndexOf('/dist/'))
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    assert.equal(manifest.name, '@autobahn-ts/ws')
    assert.equal(folder, join(here, 'node_modules/ws'))
    assert.ok(resolved in require.cache, `${name} has not loaded ${resolved}`)
    console.log(`ws of ${name} is ${manifest.name} ${manifest.version}`)
  }
}

/** Compares what a package has done with what it should do, and prints it. */
export function did(what, actual, expected) {
  assert.deepEqual(actual, expected, what)
  console.log(`did: ${what}`)
}

/** Returns the value of the first call of a function: `const [done, value] = first()`. */
export function first() {
  let done
  const value = new Promise(resolve => {
    done = resolve
  })
  return [done, value]
}

export function chromium() {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && existsSync(named)) return named
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = names.flatMap(name => folders.map(folder => join(folder, name))).find(path => existsSync(path))
  if (found === undefined) throw new Error('Chromium is missing: `npm run setup` brings it')
  return found
}

export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
]

function folderOf(name) {
  const folder = join(here, 'node_modules', name)
  return existsSync(folder) ? folder : dirname(require.resolve(`${name}/package.json`))
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { specifiers } from './source-folder.ts'

/**
 * The test files that can share one process and are quick, relative to the root: nothing that they load opens sockets, starts processes or threads, or looks at
 * the heap, and what they put in the place of globals does not outlast a test.
 */
export function unitTests(): string[] {
  return testFiles().filter(file => obstacle(file) === undefined)
}

/**
 * The test files that open sockets, start processes or show pages, and else do nothing that would hinder another one in the same process. They share processes too, but
 * are not among those that a developer runs after each change.
 */
export function sharedTests(): string[] {
  return testFiles().filter(file => obstacle(file) !== undefined && obstacle(file, harmlessInShared) === undefined)
}

/** All test files, relative to the root. */
export function testFiles(): string[] {
  const folders = [...readdirSync(join(root, 'packages')).map(name => `packages/${name}/test`), 'test']
  return folders
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(file => posix(join(folder, file))))
    .filter(file => file.endsWith('.test.ts'))
    .sort()
}

/** Says why a test file needs a process of its own; undefined where it does not. `permitted` are hindrances that do not count. */
export function obstacle(file: string, permitted?: RegExp): string | undefined {
  for (const loaded of allLoaded(posix(file)))
    for (const hindrance of moduleOf(loaded).hindrances)
      if (permitted?.test(`${loaded} ${hindrance}`) !== true) return `${loaded} ${hindrance}`
  return undefined
}

/** A module and every module of the repository that it loads, directly or not. */
function allLoaded(file: string): Set<string> {
  const loaded = new Set([file])
  for (const each of loaded) for (const other of moduleOf(each).loads) loaded.add(other)
  return loaded
}

interface Module {
  /** The modules of the repository that it imports. */
  readonly loads: readonly string[]
  readonly hindrances: readonly string[]
}

function moduleOf(file: string): Module {
  const module = modules.get(file) ?? readModule(file)
  modules.set(file, module)
  return module
}

function readModule(file: string): Module {
  const text = /\.[cm]?[jt]s$/.test(file) ? readFileSync(join(root, file), 'utf8') : ''
  // Types are gone when the module runs.
  const imports = specifiers(text.replace(/^import type\b[^'"`;]*?\bfrom\s*['"][^'"]+['"]/gm, ''))
  const targets = imports.filter(specifier => specifier.startsWith('.')).map(specifier => posix(join(dirname(file), specifier)))
  return { loads: targets.filter(target => existsSync(join(root, target))), hindrances: hindrancesIn(file, text, imports) }
}

function hindrancesIn(file: string, text: string, imports: readonly string[]): string[] {
  const patch = isTest(file) ? patches.exec(text)?.[0] : undefined
  const outside = imports.filter(specifier => !specifier.startsWith('.') && !harmless.test(specifier))
  return [...(patch === undefined ? [] : [`has ${patch}`]), ...outside.map(specifier => `imports ${specifier}`)]
}

function isTest(file: string): boolean {
  return file.startsWith('test/') || /^packages\/[^/]+\/test\//.test(file)
}

function posix(path: string): string {
  return relative('.', path).replaceAll('\\', '/')
}

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = new Map<string, Module>()

/**
 * Changes of what all tests of a process share, and measurements that other tests of the process would disturb. Spies and values in the place of globals and of
 * variables of the environment are not among them, because Vitest takes them away before the next test (`vitest.config.ts`).
 */
const patches = /\bvi\.(?:mock|doMock|useFake|setSystem|resetModules)\w*|\bglobalThis\.\w+ = |\.prototype\.\w+ = |\.memoryUsage\b/

/** Modules that neither reach beyond the process nor share anything in it. */
const harmless = new RegExp(
  `^(?:${[
    'vitest',
    'fast-check',
    'commander',
    '@noble/hashes/.*',
    'valibot',
    'yaml',
    'zod',
    '@noble/ed25519',
    '@mongodb-js/saslprep',
    '@msgpack/msgpack',
    '@autobahn-ts/websocket/(?:browser|portable|testing)',
    '@autobahn-ts/wamp/protocol',
    '@autobahn-ts/router/testing',
    'node:(?:assert|async_hooks|buffer|crypto|diagnostics_channel|events|fs|fs/promises|os|path|perf_hooks|stream|url|util|vm|zlib)',
  ].join('|')})$`,
)

/** Everything that is loaded, except what a test itself would set for the whole process: V8's flags, and that it is the first process of a cluster. */
const harmlessInShared = /^packages\/[^/]+\/src\/\S+ imports | imports (?!node:(?:v8|cluster)$)/

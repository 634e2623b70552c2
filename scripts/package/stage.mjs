import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundle.mjs'
import { changelogOf } from './changelog.mjs'
import { declarationsOf } from './declarations.mjs'
import { withWorkingLinks } from './links.mjs'
import { publishedManifest } from './manifest.mjs'
import { repositoryOf } from './repository.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The names of the folders in `packages/`, each before those that depend on it. */
export const packageFolders = ['websocket', 'testsuite', 'wamp', 'router', 'nats', 'ws', 'autobahn-ts']

/** Pages of the repository that a package contains beside its own: CHANGELOG.md in all, and these. */
const morePages = { websocket: ['docs/defaults.md'] }

/**
 * The packages that stand in for a CommonJS package, also where ES modules cannot be loaded: a CommonJS file holds all the code, that of other packages
 * too, and the ES module exports the same (decision 113).
 */
const inCommonJs = new Set(['ws'])

/** Entries that only packages of the repository use, which contain what they use of them. */
const unpublished = ['./internals']

/**
 * Writes a package as it is published into a folder: bundles, declarations, documents, package.json. The package must be built.
 *
 * @param {string} name the package's folder in `packages/`
 * @param {object} options
 * @param {string} options.into the folder; what it contained is removed
 * @param {import('./repository.mjs').Repository | undefined} [options.repository] the public repository; by default what the remote `origin` says
 * @returns {Promise<string>} `into`
 */
export async function stage(name, { into, repository = repositoryOf(root) }) {
  const directory = `packages/${name}`
  const folder = join(root, directory)
  const manifest = readManifest(name)
  const tag = `v${manifest.version}`
  rmSync(into, { recursive: true, force: true })
  mkdirSync(into, { recursive: true })

  const entries = entriesOf(manifest, file => readFileSync(join(folder, file), 'utf8'))
  const parts = {
    source: join(folder, 'src'),
    into: join(into, 'dist'),
    isDroppable: manifest.sideEffects === false,
    dependencies: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    sourceAddress: file => {
      const path = posix.join(directory, 'src', file)
      return repository === undefined ? posix.relative(`${directory}/dist`, path) : `${repository.web}/raw/${tag}/${path}`
    },
  }
  if (inCommonJs.has(name)) await bundleInCommonJs(parts, Object.keys(await import(pathToFileURL(join(folder, 'dist/index.js')).href)))
  else await bundle({ ...parts, entries: Object.fromEntries(entries.map(entry => [entry, entry])) })
  const typed = entries.map(entry => join(folder, 'dist', `${entry}.d.ts`)).filter(file => existsSync(file))
  for (const [file, text] of declarationsOf(typed)) write(join(into, relative(folder, file)), text)

  const pages = new Map([
    [`${directory}/README.md`, 'README.md'],
    ...['CHANGELOG.md', ...(morePages[name] ?? [])].map(page => [page, page]),
  ])
  for (const [from, to] of pages) {
    const whole = readFileSync(join(root, from), 'utf8')
    const isChangelog = from === 'CHANGELOG.md'
    const text = isChangelog ? changelogOf(whole, manifest.name, `./${from}`) : whole
    // links to what the package's changelog does not have lead to that of the repository
    const published = isChangelog ? new Map([...pages].filter(([page]) => page !== from)) : pages
    write(join(into, to), withWorkingLinks(text, { from, to, published, web: repository?.web, tag }))
  }
  for (const file of manifest.files) {
    const own = join(folder, file)
    if (file !== 'dist' && file !== 'README.md' && existsSync(own)) cpSync(own, join(into, file), { recursive: true })
  }
  write(join(into, 'package.json'), `${JSON.stringify(publishedManifest(manifest, { directory, repository }), undefined, 2)}\n`)
  return into
}

/**
 * Bundles a package into a CommonJS file, whose value is the default export, and writes the ES module with the same exports.
 *
 * @param {Omit<Parameters<typeof bundle>[0], 'entries'>} parts
 * @param {readonly string[]} names the names of the exports
 */
async function bundleInCommonJs(parts, names) {
  const contained = { '@autobahn-ts/websocket/internals': join(root, 'packages/websocket/src/internals.ts') }
  await bundle({ ...parts, entries: { index: 'commonjs' }, format: 'cjs', contained })
  const named = names.filter(name => name !== 'default')
  write(
    join(parts.into, 'index.mjs'),
    `import main from './index.cjs'\n\nexport const { ${named.join(', ')} } = main\nexport default main\n`,
  )
}

/**
 * Returns the paths of the modules that a package.json names, below `dist` and without their ending; a program in `bin` names them too.
 *
 * @param {{ exports?: unknown, bin?: Record<string, string> }} manifest
 * @param {(file: string) => string} [textOf] reads a file of the package
 * @returns {string[]}
 */
export function entriesOf({ exports, bin = {} }, textOf = () => '') {
  const programs = Object.values(bin).flatMap(file => [file, ...(textOf(file).match(/(?<='\.\.\/)dist\/[^']+/g) ?? [])])
  const paths = [...targets(exports), ...programs].map(path => posix.normalize(path))
  return [...new Set(paths.flatMap(path => /^dist\/(.+)(?<!\.d)\.js$/.exec(path)?.[1] ?? []))]
}

/**
 * Returns the octets and the number of files below a folder.
 *
 * @param {string} folder
 */
export function sizeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const octets = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
  return { octets, files: files.length }
}

/**
 * Reads the package.json of a package, without the entries that are not published.
 *
 * @param {string} name
 */
export function readManifest(name) {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  for (const entry of unpublished) delete manifest.exports?.[entry]
  return manifest
}

/**
 * @param {unknown} target
 * @returns {string[]}
 */
function targets(target) {
  if (typeof target === 'string') return [target]
  return typeof target === 'object' && target !== null ? Object.values(target).flatMap(targets) : []
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageFolders, readManifest, sizeOf, stage } from '../../scripts/package/stage.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const web = 'https://git.some-host.org/owner/name'
const repository = { url: `git+${web}.git`, web }

/** A folder in which the packages are installed as they would be from the registry; their dependencies are found further up. */
let consumer: string
beforeAll(async () => {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  consumer = mkdtempSync(join(cache, 'published-'))
  for (const name of packageFolders) await stage(name, { into: folderOf(name), repository })
}, 60_000)
afterAll(() => rmSync(consumer, { recursive: true }))

describe('the published @autobahn-ts/websocket', () => {
  it('has every class once: entries that share an export in the repository share it here', () => {
    const published = sharedExports(consumer, join(folderOf('websocket'), 'dist/index-browser.js'))
    expect(published).toEqual(sharedExports(root, join(root, 'packages/websocket/dist/index-browser.js')))
    expect(published).toContain('. = ./browser: ApiMisuse')
    expect(published).toContain('. = ./portable: WebSocketServerProtocol')
  })

  it('defines each class in one file', () => {
    const dist = join(folderOf('websocket'), 'dist')
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js'))
    const texts = files.map(file => readFileSync(join(dist, file), 'utf8'))
    const definitions = (name: string): number =>
      texts.flatMap(text => [...text.matchAll(new RegExp(`\\bclass ${name}\\b|\\b${name}=class\\b`, 'g'))]).length
    // a class that has its name inside too, `A=class A`, matches once
    for (const name of ['ApiMisuse', 'WebSocketConnection', 'Reconnector', 'MemoryStream', 'FrameParser']) {
      const inSource = execFileSync('git', ['grep', '-lE', `\\bclass ${name}\\b`, '--', 'packages/websocket/src'], {
        cwd: root,
        encoding: 'utf8',
      })
      expect({ name, definitions: definitions(name) }).toEqual({ name, definitions: inSource.trim().split('\n').length })
    }
  })

  it('has stack traces with the names of functions, and with the lines of the sources where maps are on', () => {
    const program = "import { WebSocketClientFactory } from '@autobahn-ts/websocket'; new WebSocketClientFactory('http://x')"
    expect(stackOf(program)).toMatch(/at parseWsUrl \(.*\/@autobahn-ts\/websocket\/dist\/[\w-]+\.js:\d+:\d+\)/)
    const mapped = stackOf(program, '--enable-source-maps')
    const [, file, line] = /at parseWsUrl \(https:\/\/git\.some-host\.org\/owner\/name\/raw\/v[\d.]+\/(\S+\.ts):(\d+):\d+\)/.exec(
      mapped,
    ) ?? [mapped]
    expect(file).toMatch(/^packages\/websocket\/src\/.*\.ts$/)
    expect(readFileSync(join(root, file!), 'utf8').split('\n')[Number(line) - 1]).toContain('throw new ApiMisuse(')
  })

  it('keeps what is imported when first used in files of its own', () => {
    const source = join(root, 'packages/websocket/src')
    const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    const whenUsed = sources.flatMap(file => {
      const imports = readFileSync(join(source, file), 'utf8').matchAll(/\bimport\('(\..*?\.ts)'\)/g)
      return [...imports].map(([, path = '']) => posix.join(dirname(file), path))
    })
    const loaded = sourcesLoadedBy('index.js')
    expect(loaded.length).toBeGreaterThan(100)
    expect(whenUsed.filter(file => loaded.includes(file))).toEqual([])
  })

  // decisions 96, 139, 148 and 165; a little above the last measurement, so that growth is noticed
  it.each([
    ['websocket', 800],
    ['testsuite', 310],
    ['wamp', 550],
    ['router', 355],
    ['nats', 60],
    ['ws', 245],
    ['autobahn-ts', 175],
  ])('is small when installed, as the other packages are: %s, at most %i kB', (name, most) => {
    expect(sizeOf(folderOf(name)).octets / 1000).toBeLessThan(most)
  })
})

describe('the published @autobahn-ts/ws', () => {
  it('has classes with the names of those of ws', () => {
    const file = join(folderOf('ws'), 'dist/index.cjs')
    const required = `const ws = require(${JSON.stringify(file)}); console.log(ws.name, ws.WebSocket.name, ws.Server.name, ws.WebSocketServer.name)`
    expect(execFileSync(process.execPath, ['-e', required], { encoding: 'utf8' })).toBe(
      'WebSocket WebSocket WebSocketServer WebSocketServer\n',
    )
  })
})

it('the published packages are all that the repository has', () => {
  expect([...packageFolders].sort()).toEqual(readdirSync(join(root, 'packages')).sort())
})

describe.each([...packageFolders])('the published %s', name => {
  it('is public, and says where it comes from', () => {
    const manifest = publishedManifestOf(name)
    expect(manifest).not.toHaveProperty('private')
    expect(manifest).toMatchObject({
      repository: { type: 'git', url: repository.url, directory: `packages/${name}` },
      bugs: { url: `${web}/issues` },
      homepage: `${web}/tree/HEAD/packages/${name}#readme`,
      keywords: expect.arrayContaining(['websocket', 'ws']),
    })
  })

  it('cannot be published from the sources by mistake', () => {
    expect(readManifest(name).private).toBe(true)
  })

  it('contains every file that its package.json names', () => {
    const { files, exports, main, types, typesVersions, bin } = publishedManifestOf(name)
    const named = [files, exports, main, types, typesVersions, bin].flatMap(strings)
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter(file => !existsSync(join(folderOf(name), file)))).toEqual([])
  })

  it('contains documents whose links lead into the package or are absolute', () => {
    const pages = readdirSync(folderOf(name), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'))
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md']))
    expect(pages.flatMap(page => brokenLinks(name, page))).toEqual([])
  })

  it('contains no sources and nothing of the compiler', () => {
    const files = readdirSync(folderOf(name), { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => /\.tsbuildinfo$|\.d\.ts\.map$|(?<!\.d)\.ts$/.test(file))).toEqual([])
    expect(readdirSync(folderOf(name)).sort()).toEqual([...readManifest(name).files, 'package.json'].sort())
  })
})

/** Lists what two entries export alike, each as `one entry = another: name`, in one process that imports all of them. */
function sharedExports(folder: string, indexOfBrowsers: string): string[] {
  const entries = ['.', './browser', './portable', './testing']
  const program = `
    const names = ${JSON.stringify([...entries, 'browser condition'])}
    const paths = ${JSON.stringify([...entries.map(entry => posix.join('@autobahn-ts/websocket', entry)), indexOfBrowsers])}
    const entries = await Promise.all(paths.map(path => import(path)))
    const shared = entries.flatMap((one, i) => entries.slice(i + 1).flatMap((other, j) =>
      Object.keys(one).filter(name => name in other && one[name] === other[name]).map(name => names[i] + ' = ' + names[i + 1 + j] + ': ' + name)))
    console.log(JSON.stringify(shared.sort()))`
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' }))
}

/** Lists the source files that a published file contains, or any file that it imports before it runs. */
function sourcesLoadedBy(entry: string): string[] {
  const dist = join(folderOf('websocket'), 'dist')
  const files = new Set([entry])
  for (const file of files) {
    const imports = readFileSync(join(dist, file), 'utf8').matchAll(/\b(?:from|import)"(\.[^"]+\.js)"/g)
    for (const [, path = ''] of imports) files.add(posix.join(dirname(file), path))
  }
  const maps = [...files].map(file => join(dist, `${file}.map`)).filter(file => existsSync(file))
  return maps
    .flatMap(map => (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources)
    .map(address => address.replace(/^.*\/packages\/websocket\/src\//, ''))
}

function stackOf(program: string, ...flags: string[]): string {
  const file = join(consumer, 'stack.mjs')
  writeFileSync(file, program)
  try {
    execFileSync(process.execPath, [...flags, file], { stdio: 'pipe', encoding: 'utf8' })
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
  throw new Error('the program did not fail')
}

function brokenLinks(name: string, page: string): string[] {
  const text = readFileSync(join(folderOf(name), page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const relative = targets.filter(target => !/^(?:https?:|mailto:|#)/.test(target))
  const missing = relative.filter(target => !existsSync(join(folderOf(name), dirname(page), target.replace(/#.*/, ''))))
  return missing.map(target => `${page}: ${target}`)
}

function publishedManifestOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'))
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

function folderOf(name: string): string {
  return join(consumer, 'node_modules', readManifest(name).name)
}

import { expect, it } from 'vitest'
import { publishedManifest } from '../../scripts/package/manifest.mjs'
import { entriesOf } from '../../scripts/package/stage.mjs'

const directory = 'packages/websocket'
const manifest = { name: '@autobahn-ts/websocket', private: true, scripts: { x: 'y' }, devDependencies: { a: '1' }, license: 'MIT' }

it('names the repository, with the folder of the package, before the license', () => {
  const web = 'https://git.some-host.org/owner/name'
  const published = publishedManifest(manifest, { directory, repository: { url: `git+${web}.git`, web } })
  expect(published).toEqual({
    name: '@autobahn-ts/websocket',
    homepage: `${web}/tree/HEAD/packages/websocket#readme`,
    bugs: { url: `${web}/issues` },
    repository: { type: 'git', url: `git+${web}.git`, directory: 'packages/websocket' },
    license: 'MIT',
  })
  expect(Object.keys(published)).toEqual(['name', 'homepage', 'bugs', 'repository', 'license'])
})

it('names no address where the repository is not known', () => {
  expect(publishedManifest(manifest, { directory, repository: undefined })).toEqual({ name: '@autobahn-ts/websocket', license: 'MIT' })
})

it('has as entries the modules that exports and bin name, each once', () => {
  const exports = {
    '.': { browser: { types: './dist/page.d.ts', default: './dist/page.js' }, types: './dist/index.d.ts', default: './dist/index.js' },
    './page': './dist/page.js',
    './deep': { default: './dist/a/b.js' },
    './package.json': './package.json',
  }
  expect(entriesOf({ exports, bin: { tool: 'dist/cli.js' } })).toEqual(['page', 'index', 'a/b', 'cli'])
})

it('has as an entry the module that a program in bin imports', () => {
  const text = "const built = new URL('../dist/cli.js', import.meta.url)"
  expect(entriesOf({ bin: { tool: 'bin/tool.js' } }, file => (file === 'bin/tool.js' ? text : ''))).toEqual(['cli'])
})

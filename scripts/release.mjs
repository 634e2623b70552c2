// Checks that the packages can be released under a tag, and packs them. With `--publish` it publishes them too, as .github/workflows/release.yml does.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { obstaclesTo } from './package/obstacles.mjs'
import { repositoryOf } from './package/repository.mjs'
import { packageFolders, readManifest } from './package/stage.mjs'

const usage = `node scripts/release.mjs --tag v1.2.3 [--publish]

  --tag TAG   the tag of the release; the packages must have this version
  --publish   publishes the packages, with a statement of where they were built, which only a workflow can make
  --help      this text
`

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { tag: { type: 'string' }, publish: { type: 'boolean' }, help: { type: 'boolean' } } })
if (values.help || values.tag === undefined) {
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}

const manifests = packageFolders.map(readManifest)
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
const obstacles = obstaclesTo(values.tag, { manifests, changelog, repository: repositoryOf(root) })
for (const obstacle of obstacles) console.error(`release: ${obstacle}`)
if (obstacles.length > 0) process.exit(1)

run(process.execPath, 'scripts/pack.mjs')
for (const { name, version } of manifests) {
  // a release that failed half-way can be run again
  if (values.publish && isPublished(name, version)) console.log(`release: ${name}@${version} is published already`)
  else if (values.publish) run('npm', 'publish', tarballOf(name, version), '--provenance', '--access', 'public')
  else console.log(`release: would publish ${tarballOf(name, version)}`)
}

function tarballOf(name, version) {
  return `./.packed/${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}

function isPublished(name, version) {
  return spawnSync('npm', ['view', `${name}@${version}`, 'version'], { cwd: root, encoding: 'utf8' }).stdout.trim() === version
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

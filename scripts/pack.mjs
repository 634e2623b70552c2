// npm run pack: builds the packages as they are published, and packs them into tarballs that npm can install. `--out FOLDER` names the folder
// (.packed), `--no-build` uses what is built already.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { repositoryOf } from './package/repository.mjs'
import { packageFolders, readManifest, sizeOf, stage } from './package/stage.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: { out: { type: 'string', default: join(root, '.packed') }, 'no-build': { type: 'boolean', default: false } },
})
const out = resolve(values.out)

if (!values['no-build']) npm(['run', 'build', '--silent'], root)
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const repository = repositoryOf(root)
if (repository === undefined) console.log('pack: the remote "origin" is not a public repository, so the packages do not name one')
const tarballs = []
for (const name of packageFolders) {
  const folder = await stage(name, { into: join(out, 'node_modules', readManifest(name).name), repository })
  const [packed] = Object.values(JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', out], folder)))
  const { octets, files } = sizeOf(folder)
  console.log(`pack: ${packed.filename}: ${kilo(packed.size)}, installed ${kilo(octets)} in ${files} files`)
  tarballs.push(join(out, packed.filename))
}
console.log(`\nInstall them together, in the folder of your program:\n\nnpm install ${tarballs.map(shown).join(' ')}`)

/** Runs npm, without the variables of a script that runs already, which would make it use the repository's folder. */
function npm(args, cwd) {
  const ofScripts = /^npm_(config_local_prefix|config_workspaces?|package_.*|lifecycle_.*)$/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofScripts.test(name)))
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' })
  if (status !== 0) throw error ?? new Error(`npm ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

/** Writes the whole path, because the command is run in another folder. */
function shown(file) {
  return /\s/.test(file) ? `"${file}"` : file
}

function kilo(octets) {
  return `${(octets / 1000).toFixed(0)} kB`
}

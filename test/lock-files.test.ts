import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: root, encoding: 'utf8' }).trim().split('\n')

// npm ci refuses a lock file that lacks one, also one that is for another system alone
it.each(files)('has a package for every dependency that it names: %s', file => {
  const { packages } = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as { packages: Record<string, Locked> }
  const missing = Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies, link }]) =>
    link === true
      ? []
      : Object.keys({ ...dependencies, ...optionalDependencies })
          .filter(name => !placesOf(name, place).some(found => found in packages))
          .map(name => `${name}, of ${place === '' ? 'the folder itself' : place}`),
  )
  expect(missing).toEqual([])
})

interface Locked {
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly link?: boolean
}

/** Returns the places where a package that lies at a place finds another one: its own folder, and those above it. */
function placesOf(name: string, place: string): string[] {
  const folders = place.split('/').map((_, count, parts) => parts.slice(0, parts.length - count).join('/'))
  return [...folders.map(folder => `${folder}/node_modules/${name}`), `node_modules/${name}`].map(path => path.replace(/^\//, ''))
}

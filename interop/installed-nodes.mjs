import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Returns the versions of Node that `npm ci` has installed here for this machine, with the paths of their programs, oldest first. */
export function installedNodes() {
  return majors.flatMap(major => {
    const folder = fileURLToPath(new URL(`node_modules/node-${major}-${process.arch}/`, import.meta.url))
    if (!existsSync(`${folder}bin/node`)) return []
    const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
    return [{ major, version: version.replace(/^v/, ''), command: `${folder}bin/node` }]
  })
}

const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const majors = [...new Set(Object.keys(optionalDependencies).map(name => Number(name.split('-')[1])))].sort((a, b) => a - b)

// Removes all built and measured files, so that the next build starts from nothing.
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const made = [
  'coverage',
  '.packed',
  '.reports',
  'node_modules/.cache',
  ...readdirSync(`${root}/packages`).map(name => `packages/${name}/dist`),
]
for (const path of made) rmSync(`${root}/${path}`, { recursive: true, force: true })

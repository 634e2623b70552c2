import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

it('every TypeScript project has its reason in CONTRIBUTING.md', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const explained = [...page.matchAll(/^\| `(\S*tsconfig\S*\.json)` \| \S/gm)].map(([, file]) => file!)
  expect(explained.sort()).toEqual(tsconfigsBelow('').sort())
})

function tsconfigsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(\..*|node_modules|dist|coverage|tmp-.*)$/.test(entry.name) ? [] : tsconfigsBelow(path)
    return /^tsconfig.*\.json$/.test(entry.name) ? [path] : []
  })
}

// Prints the coverage of the last test run, line and branch, per package.
import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = Object.entries(JSON.parse(readFileSync(`${root}/coverage/coverage-summary.json`, 'utf8')))
const packages = new Map()

for (const [file, { lines, branches }] of files) {
  if (file === 'total') continue
  const [, name] = relative(root, file).split(sep)
  const sum = packages.get(name) ?? { lines: nothing(), branches: nothing() }
  add(sum.lines, lines)
  add(sum.branches, branches)
  packages.set(name, sum)
}

console.log('\ncoverage            lines             branches')
for (const [name, { lines, branches }] of [...packages].sort()) {
  console.log(`  ${name.padEnd(16)}  ${told(lines).padEnd(16)}  ${told(branches)}`)
}

function nothing() {
  return { covered: 0, total: 0 }
}

function add(sum, part) {
  sum.covered += part.covered
  sum.total += part.total
}

function told({ covered, total }) {
  const percent = total === 0 ? 100 : Math.floor((covered * 10_000) / total) / 100
  return `${percent.toFixed(2)} % of ${total}`
}

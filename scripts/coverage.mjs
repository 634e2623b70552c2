// Prints the coverage of the last test run, line and branch, per package, and each file with a gap. A gap in a portable folder is marked,
// because those run without a runtime.
import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const portable = new Set(['bytes', 'protocol', 'handshake', 'extensions', 'classes', 'functions', 'testing'])
const files = Object.entries(JSON.parse(readFileSync(`${root}/coverage/coverage-summary.json`, 'utf8')))
const packages = new Map()
const gaps = []

for (const [file, { lines, branches }] of files) {
  if (file === 'total') continue
  const path = relative(root, file).split(sep)
  const [, name, , folder] = path
  const sum = packages.get(name) ?? { lines: nothing(), branches: nothing() }
  add(sum.lines, lines)
  add(sum.branches, branches)
  packages.set(name, sum)
  if (lines.pct < 100 || branches.pct < 100) {
    gaps.push({ file: path.slice(1).join('/'), lines, branches, isPortable: name === 'websocket' && portable.has(folder) })
  }
}

console.log('\ncoverage            lines             branches')
for (const [name, { lines, branches }] of [...packages].sort()) {
  console.log(`  ${name.padEnd(16)}  ${told(lines).padEnd(16)}  ${told(branches)}`)
}

if (gaps.length > 0) console.log('\nfiles with gaps')
for (const { file, lines, branches, isPortable } of gaps) {
  console.log(
    `  ${lines.pct.toFixed(2).padStart(6)} % ${branches.pct.toFixed(2).padStart(6)} %  ${file}${isPortable ? '  (portable)' : ''}`,
  )
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

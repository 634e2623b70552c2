// Shows which fast paths each installed runtime uses; needs a build of the packages. Run by: npm run fast-paths
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installedNodes } from '../interop/installed-nodes.mjs'

const deno = ['run', '--quiet', '--no-config', '--no-lock', '--allow-read', '--allow-sys', '--allow-env']
const runtimes = [
  ['Node (this one)', process.execPath, []],
  ...installedNodes().map(({ version, command }) => [`Node ${version}`, command, []]),
  ['Bun', pathOf('node_modules/.bin/bun'), []],
  ['Deno', pathOf('node_modules/.bin/deno'), deno],
]

if (!existsSync(pathOf('../packages/websocket/dist/node/edge/fast-path-report.js'))) {
  console.log('not built: npm run build, then npm run fast-paths in bench/')
} else {
  for (const [name, command, args] of runtimes.filter(([, command]) => existsSync(command))) {
    const report = JSON.parse(execFileSync(command, [...args, pathOf('../test/runtimes/fast-paths.mjs')], { encoding: 'utf8' }))
    const paths = Object.entries(report).map(([path, isTaken]) => `${path} ${isTaken ? 'on' : 'OFF'}`)
    console.log(`${name.padEnd(16)} ${paths.join(', ')}`)
  }
}

function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}

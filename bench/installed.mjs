import { existsSync } from 'node:fs'

/** Ends the process with an explanation if something is missing that all programs here need. */
export function checkInstallation() {
  const missing = needed.find(({ file }) => !existsSync(new URL(file, import.meta.url)))
  if (missing !== undefined) giveUp(`${missing.what}; run: ${missing.how}`)
  if (process.platform !== 'linux') giveUp('memory is read from /proc, which only Linux has')
}

function giveUp(why) {
  console.error(`bench: ${why}`)
  process.exit(2)
}

const needed = [
  { file: '../packages/websocket/dist/index.js', what: 'the library is not built', how: 'npm ci && npm run build (in the repository)' },
  { file: 'node_modules', what: 'what it is measured against is not installed', how: 'npm ci --prefix bench (in the repository)' },
]

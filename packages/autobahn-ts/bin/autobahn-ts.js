#!/usr/bin/env node
// The command in a clone and in the published package. A clone has to be built first; what is published always is.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const built = new URL('../dist/cli.js', import.meta.url)
if (existsSync(fileURLToPath(built))) {
  await import(built.href)
} else {
  console.error('autobahn-ts is not built yet: run "npm run build" in the folder of the clone, then this command again')
  process.exitCode = 1
}

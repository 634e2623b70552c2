// Installs what `npm ci` does not: a Chromium for the browser tests, openssl for the certificates of the TLS tests, and nats-server for the
// tests of channels over NATS. Those are skipped without it, so on other systems only the first two have to be there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const needed = [...(chromium() ? [] : ['chromium']), ...(onPath('openssl') ? [] : ['openssl'])]
const missing = [...needed, ...(onPath('nats-server') || existsSync('/usr/sbin/nats-server') ? [] : ['nats-server'])]

if (missing.length === 0) {
  console.log(`setup: nothing to do, found ${chromium()}, openssl and nats-server`)
} else if (isRootOnDebian()) {
  install(missing)
} else {
  console.error(`setup: missing ${missing.join(' and ')}`)
  console.error('Install them with the package manager of your system; on Debian and Ubuntu, as root:')
  console.error(`  apt-get install --no-install-recommends ${packages(missing).join(' ')}`)
  console.error('For a Chromium or Chrome that is not on PATH, set the environment variable CHROMIUM_PATH.')
  if (needed.length > 0) process.exitCode = 1
}

function install(names) {
  console.log(`setup: installing ${names.join(' and ')}`)
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages(names)])
  if (!chromium() || !onPath('openssl')) throw new Error('apt-get succeeded, but chromium or openssl is not on PATH')
  console.log(`setup: done, found ${chromium()}, openssl and nats-server`)
}

/** Returns the packages for the names, with a font: without one Chromium draws empty boxes, and screenshots show no text. */
function packages(names) {
  return names.includes('chromium') ? [...names, 'fonts-dejavu-core'] : names
}

function chromium() {
  const named = process.env.CHROMIUM_PATH
  if (named && existsSync(named)) return named
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find(onPath)
}

function onPath(command) {
  const files = process.platform === 'win32' ? [`${command}.exe`, command] : [command]
  return (process.env.PATH ?? '').split(delimiter).some(folder => files.some(file => existsSync(join(folder, file))))
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get')
}

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args[0]} failed with status ${status}`)
}

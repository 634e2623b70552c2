import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'

/** Starts `nats-server` and returns its address and process. */
export function nats() {
  const program = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server'
  return started('nats', program, port => ['-a', '127.0.0.1', '-p', `${port}`])
}

/** Starts `redis-server`, which keeps nothing, and returns its address and process. */
export function redis() {
  return started('redis', 'redis-server', port => ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '', '--appendonly', 'no'])
}

async function started(scheme, program, args) {
  if (spawnSync(program, ['--version']).status !== 0)
    throw new Error(`${program} must be installed: apt-get install nats-server redis-server`)
  const port = await freePort()
  const child = spawn(program, args(port), { stdio: 'ignore' })
  process.on('exit', () => child.kill('SIGKILL'))
  while (!(await answers(port))) await new Promise(resolve => setTimeout(resolve, 20))
  return { url: `${scheme}://127.0.0.1:${port}`, child }
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1')
  return new Promise(resolve => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

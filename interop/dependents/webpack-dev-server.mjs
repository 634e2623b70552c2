// webpack-dev-server: tells pages of builds, over its WebSocket server.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const folder = mkdtempSync(join(tmpdir(), 'webpack-'))
const entry = join(folder, 'index.js')
writeFileSync(entry, 'console.log(1)')
const compiler = webpack({ mode: 'development', context: folder, entry, stats: 'none', infrastructureLogging: { level: 'none' } })
const server = new WebpackDevServer({ host: '127.0.0.1', port: 'auto', static: false, client: { logging: 'none' } }, compiler)
await server.start()
const { port } = server.server.address()

const client = new WebSocket(`ws://127.0.0.1:${port}/ws`, { origin: `http://127.0.0.1:${port}` })
const told = []
let waiting = () => {}
client.on('message', data => {
  told.push(JSON.parse(String(data)))
  waiting()
})
await once(client, 'open')
await until(() => told.some(({ type }) => type === 'ok'))
did(
  'tells a page of the build',
  told.map(({ type }) => type).filter(type => type === 'hot' || type === 'hash' || type === 'ok'),
  ['hot', 'hash', 'ok'],
)
told.length = 0
writeFileSync(entry, 'console.log(2)')
await until(() => told.some(({ type }) => type === 'ok'))
did(
  'tells it of a change',
  told.some(({ type }) => type === 'hash'),
  true,
)
const foreign = new WebSocket(`ws://127.0.0.1:${port}/ws`, { origin: 'http://other.example' })
const refusal = await once(foreign, 'message')
did('refuses pages of other hosts', JSON.parse(String(refusal[0])), { type: 'error', data: 'Invalid Host/Origin header' })
const end = once(client, 'close')
await server.stop()
did('closes its clients', (await end).length, 2)
rmSync(folder, { recursive: true })
provesDropIn('webpack-dev-server')

async function until(isDone) {
  while (!isDone())
    await new Promise(resolve => {
      waiting = resolve
    })
}

// Next 16 with a custom server and iron-session, whose sessions are sealed in the cookie. Builds the pages first, or with the argument `dev`
// runs as in development.
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { HttpException } from '@autobahn-ts/websocket'
import { unsealData } from 'iron-session'
import { attachChat } from './chat.mjs'
import { sessionOptions } from './next/session.mjs'

const dev = process.argv[2] === 'dev'
process.env.NODE_ENV = dev ? 'development' : 'production'
process.env.NEXT_TELEMETRY_DISABLED = '1'
const dir = fileURLToPath(new URL('next', import.meta.url))
const command = fileURLToPath(new URL('node_modules/next/dist/bin/next', import.meta.url))
if (!dev) execFileSync(process.execPath, [command, 'build', dir])

const { default: next } = await import('next')
const app = next({ dir, dev })
await app.prepare()
const handle = app.getRequestHandler()

const server = createServer((request, response) => handle(request, response))
async function authenticate({ cookies }) {
  const { user } = await unsealData(cookies.get(sessionOptions.cookieName) ?? '', sessionOptions).catch(() => ({}))
  if (user === undefined) throw new HttpException(401, 'log in first')
  return { data: user }
}
// During development Next takes upgrades too, to reload its pages. In production it takes none, so nobody else answers those of other paths.
const closeChat = attachChat(server, authenticate, dev ? {} : { unmatched: 'refuse' })

server.listen(0, '127.0.0.1', () => console.log(`listening at http://127.0.0.1:${server.address().port}`))

process.once('SIGTERM', async () => {
  server.close()
  await closeChat()
  await app.close()
})

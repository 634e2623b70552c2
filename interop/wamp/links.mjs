// Links our router with Crossbar, tries what goes over the link, and prints the results as lines of JSON. Argument: the router that makes the link,
// `autobahn-ts` or `crossbar`.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRouter, fullAccess, linkRouter, listen, localClient } from '../../packages/router/dist/index.js'
import { connect } from '../../packages/wamp/dist/node/index.js'
import { linkFeatures } from './link-features.mjs'

const maker = process.argv[2]
const router = createRouter({
  realms: { realm1: { auth: { anonymous: { role: 'user' }, cryptosign: { find: anyKey } }, access: fullAccess, linkRoles: ['link'] } },
})
const listener = await listen(router, { port: 0 })
const { crossbar, url } = await started(maker === 'crossbar' ? [String(listener.port)] : [])
const names = { uri: 'com.example.', match: 'prefix' }
if (maker === 'autobahn-ts') await linkRouter(router, url, { realm: 'realm1', events: [names], calls: [names] })

const here = await localClient(router, { realm: 'realm1' })
const there = await connect(url, { realm: 'realm1', reconnect: false, onError: () => {} })
let number = 0
for (const { name, run } of linkFeatures) {
  const prefix = `com.example.link${++number}`
  const error = await tried(() => run({ here, there, name: word => `${prefix}.${word}` }))
  process.stdout.write(`${JSON.stringify({ feature: name, ...(error && { error }) })}\n`)
}
crossbar.stdin.end()
process.exit()

/** Accepts the link of Crossbar, which joins by the key of its node. */
function anyKey({ authextra }) {
  return { authorizedKeys: [authextra.pubkey], role: 'link' }
}

async function started(args) {
  const program = fileURLToPath(new URL('routers/crossbar.mjs', import.meta.url))
  const crossbar = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: crossbar.stdout })) {
    if (line.startsWith('{"urls"')) return { crossbar, url: JSON.parse(line).urls.ws }
  }
  throw new Error('crossbar did not start')
}

async function tried(run) {
  let timer
  const late = new Promise(resolve => {
    timer = setTimeout(resolve, 5000, 'nothing came')
  })
  const error = await Promise.race([
    run().then(
      () => undefined,
      error => String(error.message).replace(/\s+/g, ' ').slice(0, 160),
    ),
    late,
  ])
  clearTimeout(timer)
  return error
}

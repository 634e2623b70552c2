// Tries the features with one client over one way, and prints the results as lines of JSON. Arguments: the name of the client, the way, and JSON with the
// URLs of the router and its realm with logins, as the programs in `routers/` print it.
import { autobahnJs } from './clients/autobahn-js.mjs'
import { autobahnPython } from './clients/autobahn-python.mjs'
import { features } from './features.mjs'

const loaders = {
  'autobahn-js 22': () => autobahnJs('autobahn-22'),
  'autobahn-js 26': () => autobahnJs('autobahn-26'),
  AutobahnPython: autobahnPython,
  wampy: async () => (await import('./clients/wampy.mjs')).wampy,
  'thruway.js': async () => (await import('./clients/thruway.mjs')).thruway,
  kraftfahrstrasse: async () => (await import('./clients/kraftfahrstrasse.mjs')).kraftfahrstrasse,
  'autobahn-ts': async () => (await import('./clients/autobahn-ts.mjs')).autobahnTs,
}

const print = process.stdout.write.bind(process.stdout)
const [client, way, facts] = process.argv.slice(2)
const { urls, secure } = JSON.parse(facts)
const [tested, others] = [await loaders[client](), await loaders['autobahn-ts']()]
process.on('uncaughtException', error => report('', error))
process.on('unhandledRejection', error => report('', error))

/** Milliseconds that a feature may take. */
const longest = 4000
let number = 0
for (const { name, run } of features) {
  const error = await tried(run)
  print(`${JSON.stringify({ feature: name, ...(error && { error }) })}\n`)
}
process.exit()

/** Runs one feature with new sessions, and returns what went wrong. */
async function tried(run) {
  const sessions = []
  const prefix = `com.example.p${process.pid}.run${++number}`
  const open = async (peer, auth) => {
    const session = await peer.open({ urls, way: peer === tested ? way : 'ws json', realm: auth === undefined ? 'realm1' : secure, auth })
    sessions.push(session)
    return session
  }
  let timer
  const late = new Promise(resolve => {
    timer = setTimeout(resolve, longest, 'nothing came')
  })
  const works = async () => {
    const [me, other] = [await open(tested), await open(others)]
    await run({ me, other, open: auth => open(tested, auth), name: word => `${prefix}.${word}` })
  }
  const error = await Promise.race([works().then(() => undefined, described), late])
  clearTimeout(timer)
  for (const session of sessions) await Promise.race([closed(session), after(200)])
  return error
}

/** Closes a session that may be closed already, which some clients refuse. */
async function closed(session) {
  try {
    await session.close()
  } catch {}
}

function described(error) {
  const text = error?.message ?? String(error)
  return text.replace(/\s+/g, ' ').slice(0, 160)
}

function report(feature, error) {
  process.stderr.write(`${feature}${described(error)}\n`)
}

function after(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

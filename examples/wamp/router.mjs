// @ts-check
// A router for the examples of this folder that bring none of their own: everybody may join `realm1` and do everything there. The command
// `autobahn-ts router` is one too. Start it first: node examples/wamp/router.mjs. Port: the first argument, 9000 by default; 0 takes a free one.
import { createRouter, listen } from '@autobahn-ts/router'

const router = createRouter({ realms: { realm1: {} } })
const listener = await listen(router, { port: Number(process.argv[2] ?? 9000) })
process.once('SIGTERM', async () => {
  // Clients get GOODBYE, and connect again when there is a router at the port.
  await router.close()
  await listener.close()
})

console.log(`listening at ${listener.url}`)

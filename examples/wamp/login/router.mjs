// @ts-check
// A router that knows its users: four of them, each with another method of login, and a role that may call one procedure and no more. Start
// it first: node examples/wamp/login/router.mjs. Port: the first argument, 9000 by default; 0 takes a free one.
//
// The passwords are in the clients beside it; what is here lets nobody log in, except for the ticket. `autobahn-ts router hash` makes such
// values out of a password.
import { createRouter, listen, localClient } from '@autobahn-ts/router'

const role = 'user'
const router = createRouter({
  realms: {
    realm1: {
      auth: {
        // A ticket is sent as it is: only over TLS, or on one machine. `check` in place of `users` verifies tokens that somebody has signed.
        ticket: { users: { tina: { ticket: 'a-token-of-tina', role } } },
        wampcra: {
          users: { carl: { secret: 'BoOLNptrkmFZisU0G8hhy0ETWZ885Jednkt81gjR23A=', salt: 'a salt of its own', iterations: 100_000, role } },
        },
        scram: {
          users: {
            sara: {
              kdf: 'pbkdf2',
              salt: 'wVz6nzFanAPIbqNJ4GUr6g==',
              iterations: 100_000,
              storedKey: 'PMFqqnAFkQOaIU/aBHlFpMDSXCDoxFUn1PE9fi9FxqE=',
              serverKey: 'UE7DihEZYT85cYZf7EZVIYHoCBDnKUAh0sqP/gh2EWk=',
              role,
            },
          },
        },
        cryptosign: {
          users: { kay: { authorizedKeys: ['2a73965402a72ddd89ad5f0ee508261e9f8653f3246266563bb940f26a111c34'], role } },
          // The router proves itself with this key to clients that ask. A real one is read from a file that others cannot read.
          routerKey: '3f9a64d20b7e81c5d4f6a2380e95c17bb26d40f8137ea95cd0826fb4917e3ac8',
        },
      },
      roles: { [role]: [{ uri: 'com.example.whoami', allow: { call: true }, disclose: { caller: true } }] },
    },
  },
})

// A client in the router's own process may do everything.
const service = await localClient(router, { realm: 'realm1' })
await service.register('com.example.whoami', ({ details }) => `${details.caller_authid}, ${details.caller_authrole}`)

const listener = await listen(router, { port: Number(process.argv[2] ?? 9000) })
process.once('SIGTERM', async () => {
  await router.close()
  await listener.close()
})

console.log(`listening at ${listener.url}`)

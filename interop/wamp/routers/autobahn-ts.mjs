// Our router, for the clients of other projects. Prints its URLs when it listens, and ends with its standard input.
import { createRouter, fullAccess, listen } from '../../../packages/router/dist/index.js'
import { craKey, scramCredential } from '../../../packages/wamp/dist/protocol.js'
import { cryptosignPublicKey } from '../cryptosign-keys.mjs'

const role = 'user'
const { key, salt, iterations, keylen } = await craKey('salted', 'pepper', 1000, 32)
const scram = await scramCredential('right', { kdf: 'pbkdf2', salt: Buffer.from('0123456789abcdef').toString('base64'), iterations: 4096 })

const router = createRouter({
  realms: {
    realm1: { auth: { anonymous: { role } }, access: fullAccess },
    secure: {
      auth: {
        ticket: { users: { ada: { ticket: 'right', role } } },
        wampcra: { users: { ada: { secret: 'right', role }, bob: { secret: key, salt, iterations, keylen, role } } },
        scram: { users: { ada: { ...scram, role } } },
        cryptosign: { users: { ada: { authorizedKeys: [cryptosignPublicKey], role } } },
      },
      access: fullAccess,
    },
  },
})
const { urls } = await listen(router, { port: 0 })
console.log(JSON.stringify({ urls: { ws: urls.webSocket, raw: urls.rawSocket, http: urls.longPoll }, secure: 'secure' }))
process.stdin.on('end', () => process.exit()).resume()

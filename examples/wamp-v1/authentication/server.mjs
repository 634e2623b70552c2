// @ts-check
// Challenge and response (WAMP-CRA): secrets never travel, and this server does not keep them, but keys that were derived from them with a salt.
import { deriveKey, listenWS, WampCraServerProtocol, WampServerFactory } from '@autobahn-ts/wamp/v1'

// What a user database would hold: a salt of its own for each user, made by randomBytes, and the key. Deriving is for when a user is made.
const joesSalt = { salt: 'iYNs0CLbbZqFoyIf', iterations: 10_000, keylen: 32 }
const users = new Map([['joe', { authextra: joesSalt, key: deriveKey('correct horse battery staple', joesSalt) }]])

class Server extends WampCraServerProtocol {
  // Seconds until a client that has not authenticated is closed.
  clientAuthTimeout = 10
  clientAuthAllowAnonymous = true

  onSessionOpen() {
    this.registerProcedureForRpc('http://example.com/time', () => new Date().toISOString())
  }

  /** @param {string} authKey */
  getAuthSecret(authKey) {
    return users.get(authKey)?.key
  }

  /** @param {string | null} authKey */
  getAuthPermissions(authKey) {
    if (authKey === null) return { permissions: { pubsub: [{ uri: 'http://example.com/news', sub: true }] } }
    const permissions = {
      pubsub: [{ uri: 'http://example.com/', prefix: true, pub: true, sub: true }],
      rpc: [{ uri: 'http://example.com/secret', call: true }],
    }
    const authextra = users.get(authKey)?.authextra
    return authextra === undefined ? { permissions } : { permissions, authextra }
  }

  /**
   * Nothing is open to a user that is not opened here.
   *
   * @param {string | null} authKey
   * @param {import('@autobahn-ts/wamp/v1').AuthPermissions} permissions
   */
  onAuthenticated(authKey, permissions) {
    console.log(authKey === null ? 'somebody is here' : `${authKey} is here`)
    this.registerForPubSubFromPermissions(permissions)
    if (authKey !== null) this.registerProcedureForRpc('http://example.com/secret', () => `the cake is in the cupboard, ${authKey}`)
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
console.log(`listening at ${listener.url}`)

process.once('SIGTERM', () => listener.close())

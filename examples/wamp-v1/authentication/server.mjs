// @ts-check
// Challenge and response (WAMP-CRA): secrets are never sent. This server does not store secrets, but keys that were derived from them with
// a salt.
import { deriveKey, listenWS, WampCraServerProtocol, WampServerFactory } from '@autobahn-ts/wamp/v1'

// The contents of a user database: a different salt for each user, made by randomBytes, and the derived key. A key is derived when its user
// is created.
const joesSalt = { salt: 'iYNs0CLbbZqFoyIf', iterations: 10_000, keylen: 32 }
const users = new Map([['joe', { authextra: joesSalt, key: deriveKey('correct horse battery staple', joesSalt) }]])

class Server extends WampCraServerProtocol {
  // Seconds after which a client that has not authenticated is closed.
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
   * Opens procedures and topics to the user, who has no other rights.
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
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)

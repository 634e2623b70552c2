import { Wampy } from 'wampy'
import { CborSerializer } from 'wampy/CborSerializer.js'
import * as cryptosign from 'wampy/cryptosign.js'
import { JsonSerializer } from 'wampy/JsonSerializer.js'
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js'
import * as wampcra from 'wampy/wampcra.js'
import WebSocket from 'ws'
import { PeerError } from '../peer-error.mjs'

const serializers = { json: JsonSerializer, msgpack: MsgpackSerializer, cbor: CborSerializer }

/** Adapts wampy. */
export const wampy = {
  open: async ({ urls, way, realm, auth }) => {
    const serializer = new serializers[way.split(' ')[1]]()
    const client = new Wampy(urls.ws, { realm, ws: WebSocket, serializer, autoReconnect: false, ...login(auth) })
    const welcome = await told(client.connect())
    return peer(client, welcome)
  },
}

function login(auth) {
  if (auth === undefined) return {}
  const { method, authid, secret } = auth
  const plugins = { ticket: () => () => secret, wampcra: () => wampcra.sign(secret), cryptosign: () => cryptosign.sign(secret) }
  return {
    authid,
    authmethods: [method],
    authMode: 'auto',
    authPlugins: { [method]: plugins[method]?.() },
    ...(method === 'cryptosign' && { authextra: { pubkey: auth.publicKey } }),
  }
}

function peer(client, welcome) {
  return {
    id: welcome.session ?? client.getSessionId(),
    subscribe: async (topic, handler, options) => {
      const listener = ({ argsList, argsDict, details }) => handler({ args: argsList ?? [], kwargs: argsDict ?? {}, details })
      const { subscriptionKey } = await told(client.subscribe(topic, listener, options))
      return { end: () => told(client.unsubscribe(subscriptionKey ?? topic, listener)) }
    },
    publish: async (topic, argsList, argsDict, options) =>
      (await told(client.publish(topic, { argsList, argsDict }, options))).publicationId,
    register: async (uri, handler, options) => {
      await told(
        client.register(
          uri,
          async ({ argsList, argsDict, details, result_handler }) => {
            const progress =
              details?.receive_progress && (args => result_handler({ argsList: args, argsDict: {}, options: { progress: true } }))
            try {
              const answer = await handler({ args: argsList ?? [], kwargs: argsDict ?? {}, details, progress })
              return { argsList: answer.args, argsDict: answer.kwargs }
            } catch (error) {
              if (!(error instanceof PeerError)) throw error
              // wampy reads these names of an error that is thrown
              throw Object.assign(new Error(error.uri), { error: error.uri, details: {}, argsList: error.args, argsDict: error.kwargs })
            }
          },
          options,
        ),
      )
      return { end: () => told(client.unregister(uri)) }
    },
    call: (uri, argsList, argsDict, options = {}, onProgress) => {
      const more = onProgress && { progress_callback: ({ argsList: args, argsDict: kwargs }) => onProgress({ args, kwargs }) }
      const running = client.call(uri, { argsList, argsDict }, { ...options, ...more })
      const { reqId } = client.getOpStatus()
      const result = told(running.then(({ argsList: args = [], argsDict: kwargs = {} }) => ({ args, kwargs })))
      return { result, cancel: mode => client.cancel(reqId, { mode }) }
    },
    close: async () => {
      await client.disconnect()
      return 'closed'
    },
  }
}

function told(promise) {
  return promise.catch(error => {
    const uri = error.error ?? error.errorUri ?? error.uri
    throw uri === undefined ? error : new PeerError(uri, error.argsList, error.argsDict)
  })
}

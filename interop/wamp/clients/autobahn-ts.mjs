import {
  connect,
  cryptosign,
  JsonSerializer,
  result as resultOf,
  scram,
  ticket,
  WampError,
  wampcra,
} from '../../../packages/wamp/dist/node/index.js'
import { CborSerializer, MsgpackSerializer } from '../../../packages/wamp/dist/protocol.js'
import { PeerError } from '../peer-error.mjs'

const serializerClasses = { json: JsonSerializer, msgpack: MsgpackSerializer, cbor: CborSerializer }

/** Adapts this library: it is the other side where a client is tested, and is tested itself against other routers. */
export const autobahnTs = {
  open: async ({ urls, way, realm, auth }) => {
    const [transport, serializer] = way.split(' ')
    const serializers = [new serializerClasses[serializer]()]
    const url = { ws: urls.ws, RawSocket: urls.raw }[transport]
    const client = await told(connect(url, { realm, serializers, reconnect: false, onError: () => {}, ...login(auth) }))
    return peer(client)
  },
}

const passwords = { ticket, wampcra, scram }

function login(auth) {
  if (auth === undefined) return {}
  const { method, authid, secret } = auth
  return { auth: method === 'cryptosign' ? cryptosign(secret, { authid }) : passwords[method](authid, secret) }
}

function peer(client) {
  return {
    id: client.session.id,
    subscribe: async (topic, handler, options) => {
      const subscription = await told(
        client.subscribe(topic, ({ args, kwargs, details }) => handler({ args, kwargs, details }), spelled(options)),
      )
      return { end: () => subscription.unsubscribe() }
    },
    publish: async (topic, args, kwargs, options) => {
      const id = await told(Promise.resolve(client.publish(topic, args, kwargs, spelled(options))))
      return typeof id === 'number' ? id : undefined
    },
    register: async (uri, handler, options) => {
      const registration = await told(
        client.register(
          uri,
          async invocation => {
            const { args, kwargs, details, signal } = invocation
            const progress = invocation.wantsProgress ? values => invocation.progress(resultOf(values)) : undefined
            try {
              const answer = await handler({ args, kwargs, details, signal, progress })
              return resultOf(answer.args, answer.kwargs)
            } catch (error) {
              throw error instanceof PeerError ? new WampError(error.uri, error.args, error.kwargs) : error
            }
          },
          spelled(options),
        ),
      )
      return { end: () => registration.unregister() }
    },
    call: (uri, args, kwargs, options, onProgress) => {
      const abort = new AbortController()
      const more = onProgress && { onProgress: (_value, result) => onProgress(result) }
      let cancelMode = 'kill'
      const result = told(
        client.callResult(uri, args, kwargs, {
          ...spelled(options),
          ...more,
          signal: abort.signal,
          get cancelMode() {
            return cancelMode
          },
        }),
      )
      return {
        result,
        cancel: mode => {
          cancelMode = mode
          abort.abort(new PeerError('wamp.error.canceled'))
        },
      }
    },
    close: async () => {
      await client.close()
      return 'wamp.close.goodbye_and_out'
    },
  }
}

/** Spells the options of messages as this library does. */
function spelled(options = {}) {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]),
  )
}

function told(promise) {
  return promise.catch(error => {
    throw error instanceof WampError ? new PeerError(error.uri, error.args, error.kwargs) : error
  })
}

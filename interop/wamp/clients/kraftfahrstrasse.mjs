import { createRequire } from 'node:module'
import { PeerError } from '../peer-error.mjs'

const require = createRequire(import.meta.url)
const {
  AnonymousAuthProvider,
  Connection,
  JSONSerializer,
  NodeMSGPackSerializer,
  NodeWebSocketTransport,
  TicketAuthProvider,
  WampError,
} = require('@verkehrsministerium/kraftfahrstrasse')

/** Adapts kraftfahrstrasse. */
export const kraftfahrstrasse = {
  open: async ({ urls, way, realm, auth }) => {
    if (auth !== undefined && auth.method !== 'ticket') throw new Error(`the client does not have the method ${auth.method}`)
    const connection = new Connection({
      endpoint: urls.ws,
      realm,
      serializer: way === 'ws msgpack' ? new NodeMSGPackSerializer() : new JSONSerializer(),
      transport: NodeWebSocketTransport,
      authProvider:
        auth === undefined
          ? new AnonymousAuthProvider()
          : new TicketAuthProvider(auth.authid, async () => ({ signature: auth.secret, details: {} })),
    })
    await told(connection.Open())
    return peer(connection)
  },
}

function peer(connection) {
  return {
    id: connection.sessionId ?? connection.SessionID?.(),
    subscribe: async (topic, handler, options) => {
      const subscription = await told(connection.Subscribe(topic, (args, kwargs, details) => handler({ args, kwargs, details }), options))
      return { end: () => subscription.Unsubscribe() }
    },
    publish: async (topic, args, kwargs, options) => (await told(connection.Publish(topic, args, kwargs, options))).OnPublished(),
    register: async (uri, handler, options) => {
      const registration = await told(
        connection.Register(
          uri,
          (args, kwargs, details) =>
            new Promise((resolve, reject) => {
              let settle = { resolve, reject }
              const progress =
                details.receive_progress &&
                (values => {
                  const { resolve: send } = settle
                  const nextResult = new Promise((resolveNext, rejectNext) => {
                    settle = { resolve: resolveNext, reject: rejectNext }
                  })
                  send({ args: values, kwArgs: {}, nextResult })
                })
              const onInterrupt = told => void details.onCancel.then(told, () => {})
              handler({ args, kwargs, details, progress, onInterrupt }).then(
                answer => settle.resolve({ args: answer.args, kwArgs: answer.kwargs }),
                error => settle.reject(error instanceof PeerError ? new WampError(error.uri, error.args, error.kwargs) : error),
              )
            }),
          options,
        ),
      )
      return { end: () => registration.Unregister() }
    },
    call: (uri, args, kwargs, options = {}, onProgress) => {
      const [running, id] = connection.Call(uri, args, kwargs, { ...options, ...(onProgress && { receive_progress: true }) })
      const last = async ({ args: values, kwArgs, nextResult }) => {
        if (!nextResult) return { args: values, kwargs: kwArgs }
        onProgress?.({ args: values, kwargs: kwArgs })
        return await last(await nextResult)
      }
      return { result: told(running.then(last)), cancel: mode => connection.CancelCall(id, mode) }
    },
    close: async () => (await connection.Close()).reason,
  }
}

/** Turns a rejection into the error of the table; it rejects with the URI of an error alone. */
function told(promise) {
  return promise.catch(error => {
    if (typeof error === 'string') throw new PeerError(error)
    throw error?.errorUri === undefined
      ? new PeerError(error?.message ?? String(error))
      : new PeerError(error.errorUri, error.args, error.kwArgs)
  })
}

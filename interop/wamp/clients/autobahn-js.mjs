import { createRequire } from 'node:module'
import { PeerError } from '../peer-error.mjs'

const require = createRequire(import.meta.url)

/** Adapts autobahn-js, whose versions 22 and 26 have the same interface. */
export function autobahnJs(packageName) {
  // version 26 takes the WebSocket of the platform, which Node 20 does not have
  if (packageName === 'autobahn-26') globalThis.WebSocket ??= require('ws')
  const autobahn = require(packageName)
  // its long-poll posts by the XMLHttpRequest of browsers
  autobahn.util.http_post = post
  const serializers = {
    json: () => new autobahn.serializer.JSONSerializer(),
    msgpack: () => new autobahn.serializer.MsgpackSerializer(),
    cbor: () => new autobahn.serializer.CBORSerializer(),
  }
  return {
    open: async ({ urls, way, realm, auth }) => {
      const transport = transportOf(way, urls, serializers)
      const connection = new autobahn.Connection({ transports: [transport], realm, max_retries: 0, ...login(autobahn, auth) })
      const closed = Promise.withResolvers?.() ?? resolvers()
      const session = await new Promise((resolve, reject) => {
        connection.onopen = resolve
        connection.onclose = (reason, details) => {
          closed.resolve(details?.reason ?? reason)
          reject(new PeerError(details?.reason ?? reason, [details?.message]))
          return true
        }
        connection.open()
      })
      return peer(autobahn, connection, session, closed.promise)
    },
  }
}

async function post(url, data) {
  const response = await fetch(url, { method: 'POST', body: data })
  if (response.status === 200) return await response.text()
  if (response.status === 204) return undefined
  throw Object.assign(new Error(`status ${response.status}`), { code: response.status })
}

function transportOf(way, urls, serializers) {
  const [transport, serializer] = way.split(' ')
  if (transport === 'ws') return { type: 'websocket', url: urls.ws, serializers: [serializers[serializer]()] }
  if (transport === 'long-poll') return { type: 'longpoll', url: urls.http }
  return { type: 'rawsocket', host: '127.0.0.1', port: Number(new URL(urls.ws).port) }
}

function login(autobahn, auth) {
  if (auth === undefined) return {}
  const { method, authid, secret } = auth
  if (method === 'cryptosign') {
    const key = autobahn.auth_cryptosign
    const pair = key.create_signing_key_from_seed?.(secret) ?? autobahn.nacl.sign.keyPair.fromSeed(Buffer.from(secret, 'hex'))
    const publicKey = Buffer.from(pair.publicKey).toString('hex')
    const onchallenge = (_session, _method, extra) => key.sign_challenge(pair, extra)
    return { authmethods: ['cryptosign'], authid, authextra: { pubkey: publicKey }, onchallenge }
  }
  const answers = {
    ticket: () => secret,
    wampcra: ({ challenge, salt, iterations, keylen }) =>
      autobahn.auth_cra.sign(salt === undefined ? secret : autobahn.auth_cra.derive_key(secret, salt, iterations, keylen), challenge),
  }
  return { authmethods: [method], authid, onchallenge: (_session, asked, extra) => answers[asked](extra) }
}

function peer(autobahn, connection, session, closed) {
  const told = promise =>
    promise.then(
      value => value,
      error => {
        throw error instanceof autobahn.Error ? new PeerError(error.error, error.args, error.kwargs) : error
      },
    )
  const call = (uri, args, kwargs, options = {}, onProgress) => {
    const running = session.call(uri, args, kwargs, { ...options, ...(onProgress && { receive_progress: true }) })
    const result = told(running.then(resultOf, undefined, progress => onProgress?.(resultOf(progress))))
    return { result, cancel: mode => running.cancel({ mode }) }
  }
  const resultOf = value =>
    value instanceof autobahn.Result ? { args: value.args, kwargs: value.kwargs } : { args: value === null ? [] : [value], kwargs: {} }
  return {
    id: session.id,
    subscribe: async (topic, handler, options) => {
      const subscription = await told(
        session.subscribe(topic, (args, kwargs, details) => handler({ args: args ?? [], kwargs: kwargs ?? {}, details }), options),
      )
      return { end: () => told(subscription.unsubscribe()) }
    },
    publish: async (topic, args, kwargs, options) => (await told(session.publish(topic, args, kwargs, options) ?? Promise.resolve()))?.id,
    register: async (uri, handler, options) => {
      const registration = await told(
        session.register(
          uri,
          async (args, kwargs, details) => {
            try {
              const answer = await handler({ args, kwargs, details, progress: details.progress && (values => details.progress(values)) })
              return new autobahn.Result(answer.args, answer.kwargs)
            } catch (error) {
              throw error instanceof PeerError ? new autobahn.Error(error.uri, error.args, error.kwargs) : error
            }
          },
          options,
        ),
      )
      return { end: () => told(registration.unregister()) }
    },
    call,
    close: () => {
      connection.close()
      return closed
    },
  }
}

function resolvers() {
  let resolve
  const promise = new Promise(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

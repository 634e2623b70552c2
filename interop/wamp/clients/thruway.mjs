import { createRequire } from 'node:module'
import { PeerError } from '../peer-error.mjs'

const require = createRequire(import.meta.url)
const { Client } = require('thruway.js')
const { Observable } = require('rxjs')
const { WampErrorException } = require('thruway.js/src/Common/WampErrorException')

// it prints the errors of handlers
console.log = () => {}
console.error = () => {}

/** Adapts thruway.js, which begins everything when its observable gets a subscriber. */
export const thruway = {
  open: async ({ urls, realm, auth }) => {
    const client = new Client(urls.ws, realm, {
      retryOptions: { maxRetries: 0 },
      ...(auth && { authmethods: [auth.method], authid: auth.authid }),
    })
    if (auth !== undefined) client.onChallenge(challenge => challenge.map(() => auth.secret))
    let opened
    // the client keeps its connection for as long as this subscription lasts
    const session = await new Promise((resolve, reject) => {
      client.onError.subscribe(error => reject(new PeerError(/wamp\.\S+$/.exec(error.message)?.[0] ?? error.message)))
      opened = client.onOpen.subscribe(resolve, reject)
    })
    return peer(client, session, opened)
  },
}

function peer(client, { welcomeMsg, messages }, opened) {
  return {
    id: welcomeMsg.sessionId,
    subscribe: async (topic, handler, options) => {
      const subscribed = answer(messages, 'SubscribedMessage')
      const running = client
        .topic(topic, options)
        .subscribe(({ args, argskw, details }) => handler({ args: args ?? [], kwargs: argskw ?? {}, details }))
      await subscribed
      return { end: async () => running.unsubscribe() }
    },
    publish: async (topic, [value], _kwargs, options) => {
      client.publish(topic, value, options)
      // it does not read PUBLISHED; the answer to a call shows that the router has read the event
      if (options?.acknowledge) await client.call('wamp.session.count', [], {}).toPromise()
    },
    register: async (uri, handler, options = {}) => {
      let running
      const handle = (args, kwargs, details) => {
        const chunks = []
        const result = handler({ args: args ?? [], kwargs: kwargs ?? {}, details, progress: ([value]) => chunks.push(value) })
        const told = Observable.fromPromise(
          result.then(
            ({ args: [value] }) => value,
            error => {
              throw error instanceof PeerError ? new WampErrorException(error.uri, error.args, error.kwargs) : error
            },
          ),
        )
        return options.progress ? told.flatMap(value => Observable.from([...chunks, value])) : told
      }
      await new Promise((resolve, reject) => {
        const fail = error => reject(new PeerError(error.errorUri ?? error.message, error.args))
        running = client.register(uri, handle, { ...options, extended: true }).subscribe(resolve, fail)
      })
      return { end: async () => running.unsubscribe() }
    },
    call: (uri, args, kwargs, options = {}, onProgress) => {
      let running
      const result = new Promise((resolve, reject) => {
        const results = []
        const calling = onProgress ? client.progressiveCall(uri, args, kwargs, options) : client.call(uri, args, kwargs, options)
        running = calling.subscribe(
          ({ args: values, argskw }) => results.push({ args: values ?? [], kwargs: argskw ?? {} }),
          error => reject(new PeerError(error.errorUri ?? error.message, error.args?.slice(0, -1), error.argskw)),
          () => {
            if (onProgress) for (const result of results.slice(0, -1)) onProgress(result)
            resolve(results.at(-1))
          },
        )
      })
      return { result, cancel: () => running.unsubscribe() }
    },
    cancelIsSilent: true,
    progressOption: { progress: true },
    close: async () => {
      client.close()
      opened.unsubscribe()
      return 'closed'
    },
  }
}

function answer(messages, kind) {
  return messages
    .filter(message => message?.constructor.name === kind)
    .take(1)
    .toPromise()
}

// The npm package wamp.io, as a server or as a client, in a process of its own: it sets globals, and needs two things that are gone.
const { createInterface } = require('node:readline')
const { EventEmitter } = require('node:events')
const WebSocket = require('ws')

// Node had it here until version 6; without it the server has no `emit` and dies of the first subscription.
process.EventEmitter = EventEmitter

// The `ws` of its time took the subprotocol as an option; that of today ignores the option, and nobody would speak of WAMP.
const ws = require.cache[require.resolve('ws')]
ws.exports = class extends WebSocket {
  constructor(url, { protocol }) {
    super(url, protocol)
  }
}
const wamp = require('wamp.io')

const say = message => process.stdout.write(`${JSON.stringify(message)}\n`)
const orders = process.argv[2] === 'server' ? server() : client(process.argv[3])
const lines = createInterface({ input: process.stdin })
lines.on('line', line => {
  const [order, ...args] = JSON.parse(line)
  orders[order](...args)
})
lines.on('close', () => process.exit())

function server() {
  const listener = new WebSocket.Server({ port: 0, host: '127.0.0.1' }, () => say(['port', listener.address().port]))
  const broker = wamp.attach(listener)
  broker.on('call', (uri, args, answer) => {
    if (uri.endsWith('add')) answer(null, args[0] + args[1])
    else if (uri.endsWith('later')) setImmediate(() => answer(null, 'later'))
    else answer(`no procedure ${uri}`)
  })
  for (const event of ['subscribed', 'publish', 'disconnected']) broker.on(event, (...args) => say([event, ...args]))
  return { dispatch: (topic, event) => broker.publish(topic, event) }
}

function client(url) {
  const connected = session => say(['open', session._session_id, session._wamp_version, session._server])
  const session = wamp.connect(url, connected, () => say(['closed']))
  const settled = (uri, answer) => answer.promise.then(result => say(['result', uri, result]))
  return {
    call: (uri, ...args) => settled(uri, session.call(uri, ...args)),
    send: text => session._websocket.send(text),
    close: () => session._websocket.close(1000),
  }
}

// The clients that are measured. Each connects with its defaults, and returns a function that calls a procedure with one argument and resolves with its one
// result.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const libraries = {
  async 'autobahn-ts'(url, serializer) {
    const { connect } = await import('../../packages/wamp/dist/node/index.js')
    const { JsonSerializer, MsgpackSerializer } = await import('../../packages/wamp/dist/protocol.js')
    const serializers = [serializer === 'json' ? new JsonSerializer() : new MsgpackSerializer()]
    const client = await connect(url, { realm: 'realm1', serializers })
    return (procedure, argument) => client.call(procedure, [argument])
  },

  async 'autobahn-js'(url, serializer) {
    const autobahn = require('autobahn')
    const { JSONSerializer, MsgpackSerializer } = autobahn.serializer
    const serializers = [serializer === 'json' ? new JSONSerializer() : new MsgpackSerializer()]
    const connection = new autobahn.Connection({ transports: [{ type: 'websocket', url, serializers }], realm: 'realm1' })
    const session = await new Promise((resolve, reject) => {
      connection.onopen = resolve
      connection.onclose = reason => reject(new Error(`autobahn-js did not connect: ${reason}`))
      connection.open()
    })
    return (procedure, argument) => session.call(procedure, [argument])
  },

  async wampy(url, serializer) {
    const { Wampy } = await import('wampy')
    const { WebSocket } = await import('ws')
    const Serializer =
      serializer === 'json'
        ? (await import('wampy/JsonSerializer.js')).JsonSerializer
        : (await import('wampy/MsgpackSerializer.js')).MsgpackSerializer
    const wampy = new Wampy(url, { realm: 'realm1', ws: WebSocket, serializer: new Serializer() })
    await wampy.connect()
    return async (procedure, argument) => (await wampy.call(procedure, [argument])).argsList[0]
  },
}

// A server whose application does what a message tells it to. Ends when it is told to close, and by nothing else.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../../dist/index.js'

class Careless extends WebSocketServerProtocol {
  onMessage(payload) {
    const what = new TextDecoder().decode(payload)
    if (what === 'throw') throw new Error(what)
    if (what === 'throw nothing') throw undefined
    if (what === 'reject') return Promise.reject(new Error(what))
    if (what === 'reject later') return new Promise((_, reject) => setImmediate(() => reject(new Error(what))))
    this.sendMessage(what)
  }

  onClose(_, __, reason) {
    if (reason.includes('1011')) throw new Error('thrown in onClose')
  }
}

const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Careless }))
process.send({ port: listener.port })
process.once('message', async () => {
  await listener.close({ timeout: 0.2 })
  process.send({ left: process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap' && name !== 'TTYWrap') })
  process.disconnect()
})

import { connect } from '../../packages/websocket/dist/index.js'

/** A member of the room, over the protocol of its server. Both kinds use the same client, which is not measured. */
export class Member {
  #ws
  #heard
  #frame

  /** `heard` is called with each text. */
  static async join(kind, port, heard) {
    const member = new Member()
    member.#heard = heard
    member.#frame = kinds[kind].frame
    member.#ws = await connect(`ws://127.0.0.1:${port}${kinds[kind].path}`)
    await kinds[kind].open(member.#ws)
    void member.#listen(kinds[kind].textIn)
    return member
  }

  say(text) {
    return this.#ws.send(this.#frame(text))
  }

  async #listen(textIn) {
    for await (const packet of this.#ws) {
      const text = textIn(packet)
      if (text === pinged) await this.#ws.send('3')
      else if (text !== undefined) this.#heard(text)
    }
  }
}

const pinged = Symbol('pinged')

const kinds = {
  'autobahn-ts': { path: '/', frame: text => text, textIn: packet => packet, open: async () => {} },
  // Version 4 of Engine.IO, and version 5 of Socket.IO above it.
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    frame: text => `42["m","${text}"]`,
    textIn: packet => (packet === '2' ? pinged : packet.startsWith('42["m","') ? packet.slice(8, -2) : undefined),
    open: async ws => {
      await ws.receive()
      await ws.send('40')
      await ws.receive()
    },
  },
}

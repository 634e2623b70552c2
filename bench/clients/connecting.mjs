import { answering } from '../lines.mjs'

/** Answers orders to connect; `connect(port)` resolves when a connection is open, and the client sends messages back. */
export function connecting(connect) {
  const commands = {
    async connect({ port, count }) {
      for (let made = 0; made < count; made++) await connect(port)
    },
  }
  answering(commands, {})
}

import { answering } from '../lines.mjs'

/** Connects as often as it is told; `connect(port)` resolves when a connection is open, and its messages are sent back. */
export function connecting(connect) {
  const commands = {
    async connect({ port, count }) {
      for (let made = 0; made < count; made++) await connect(port)
    },
  }
  answering(commands, {})
}

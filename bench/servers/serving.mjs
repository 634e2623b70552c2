// What all servers have in common.
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { answering } from '../lines.mjs'

/**
 * What is wanted of a server: `{ tls, deflate, isText, upload }`. `deflate` is `false`, `takeover` or `none`; with `isText` messages go
 * through the application as strings; with `upload` a message is answered with the number of its octets.
 */
export const wanted = JSON.parse(process.argv[2] ?? '{}')

/** Says the port. `broadcast` sends `news` to all; it is done so many times, each in a turn of the loop of its own. */
export function serving(port, { broadcast } = {}) {
  const commands = {
    async broadcast({ times }) {
      for (let made = 0; made < times; made++) {
        broadcast()
        await new Promise(resolve => setImmediate(resolve))
      }
    },
  }
  answering(commands, { port })
}

/** What is broadcast: 600 octets as JSON has them. */
export const news = Buffer.from(
  JSON.stringify({ channel: 'news', items: Array.from({ length: 20 }, (_, i) => ({ id: i, price: i * 1.25 })) })
    .padEnd(600)
    .slice(0, 600),
)

/** The largest message that any load sends, and some more. */
export const largest = 128 * 1024 * 1024

// The common part of all servers.
import { Buffer } from 'node:buffer'
import process from 'node:process'
import { answering } from '../lines.mjs'

/**
 * The settings of a server: `{ tls, deflate, isText, upload }`. `deflate` is `false`, `takeover` or `none`; with `isText` messages go
 * through the application as strings; with `upload` a message is answered with the number of its octets.
 */
export const wanted = JSON.parse(process.argv[2] ?? '{}')

/** Prints the port. `broadcast` sends `news` to all; it is called as often as ordered, each time in its own turn of the loop. */
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

/** The content of broadcasts: 600 octets of JSON. */
export const news = Buffer.from(
  JSON.stringify({ channel: 'news', items: Array.from({ length: 20 }, (_, i) => ({ id: i, price: i * 1.25 })) })
    .padEnd(600)
    .slice(0, 600),
)

/** The limit for messages, above the largest message of any load. */
export const largest = 128 * 1024 * 1024

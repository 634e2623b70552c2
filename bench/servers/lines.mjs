// What every server of this benchmark has in common: it says its port, does what lines tell it, and ends with its parent.
import { createInterface } from 'node:readline'

/** What is wanted of a server: `{ tls, deflate: false | 'takeover' | 'none' }`. */
export const wanted = JSON.parse(process.argv[2] ?? '{}')

export function serving(port, commands = {}) {
  createInterface({ input: process.stdin })
    .on('line', async line => {
      const { command } = JSON.parse(line)
      await commands[command]?.()
      if (command === 'gc') for (let times = 0; times < 4; times++) globalThis.gc?.()
      console.log(JSON.stringify({ done: command }))
    })
    .on('close', () => process.exit())
  console.log(JSON.stringify({ port }))
}

/** What is broadcast: 600 octets as JSON has them. */
export const news = Buffer.from(
  JSON.stringify({ channel: 'news', items: Array.from({ length: 20 }, (_, i) => ({ id: i, price: i * 1.25 })) })
    .padEnd(600)
    .slice(0, 600),
)

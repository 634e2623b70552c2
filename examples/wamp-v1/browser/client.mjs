// @ts-check
// Uses the module of the page in a terminal: calculates something, which appears on each open page.
import { expressionOf, join, shown } from './live.mjs'

const port = Number(process.argv[2] ?? 9000)
const client = await join(`ws://127.0.0.1:${port}/wamp`, {
  joined: ({ visitors }) => console.log(visitors === 1 ? 'nobody else is here' : `here with ${visitors - 1} more`),
  calculated: calculation => console.log(`somebody: ${expressionOf(calculation)} = ${shown(calculation.result)}`),
  visitors: () => undefined,
  lost: () => undefined,
})
console.log('6 × 7 =', await client.call('calculator:multiply', 6, 7))
await client.close()

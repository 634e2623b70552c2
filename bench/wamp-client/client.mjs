// A process with one client of WAMP, which calls a procedure with so many calls in flight until the time is over. Each result is checked.
import { answering } from '../lines.mjs'
import { libraries } from './libraries.mjs'

const [name, serializer, port] = process.argv.slice(2)
const call = await libraries[name](`ws://127.0.0.1:${port}`, serializer)
let last = 0

answering(
  {
    async calls({ inFlight, milliseconds }) {
      const began = performance.now()
      const endsAt = began + milliseconds
      let calls = 0
      const caller = async () => {
        while (performance.now() < endsAt) {
          const id = ++last
          const answer = await call('com.example.procedure', { id, name: 'a thing of some kind', tags: ['one', 'two'], price: 12.5 })
          if (answer.id !== id || answer.price !== 12.5) throw new Error(`${JSON.stringify(answer)} came for call ${id}`)
          calls++
        }
      }
      await Promise.all(Array.from({ length: inFlight }, caller))
      return { calls, seconds: (performance.now() - began) / 1000 }
    },
  },
  { pid: process.pid },
)

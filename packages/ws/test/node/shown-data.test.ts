import { once } from 'node:events'
import { describe } from 'vitest'
import { next, pair, sameAsWs } from '../fixtures/same.ts'

describe('the socket of a connection', () => {
  sameAsWs('emits the octets that were read, for those who listen, and messages go on', async (face, note) => {
    const { client, accepted, end } = await pair(face, { client: { generateMask: () => {} } })
    const chunks: Buffer[] = []
    accepted._socket?.prependListener('data', chunk => chunks.push(chunk))
    const received = once(accepted, 'message')
    client.send('foo')
    note(...(await received))
    note(Buffer.concat(chunks))
    const answer = once(client._socket!, 'data')
    const closed = next(client, 'close')
    accepted.close()
    note(...(await answer))
    note(...(await closed))
    note(Buffer.concat(chunks))
    await end()
  })
})

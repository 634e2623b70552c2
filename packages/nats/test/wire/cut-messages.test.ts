import { describe, expect, it } from 'vitest'
import { cutMessages } from '../../src/wire/cut-messages.ts'
import { readHead } from '../../src/wire/message-head.ts'

describe('cutMessages', () => {
  const head = { incarnation: '0123456789abcdef', number: 7, inside: undefined }

  it('leaves a message whole that fits with its head', () => {
    const [message, ...others] = cutMessages(head, new Uint8Array(85).fill(1), 100)
    expect({ length: message!.length, others, piece: readHead(message!)!.head.piece }).toEqual({
      length: 100,
      others: [],
      piece: undefined,
    })
  })

  it('cuts one that does not, so that each piece fits with its head', () => {
    const octets = Uint8Array.from({ length: 200 }, (_, at) => at)
    const read = cutMessages(head, octets, 100).map(message => ({ length: message.length, ...readHead(message)! }))
    expect(read.map(({ length }) => length)).toEqual([100, 100, 81])
    expect(read.map(({ head: { piece } }) => piece)).toEqual([0, 1, 2].map(index => ({ index, count: 3, total: 200 })))
    expect(Uint8Array.from(read.flatMap(({ payload }) => [...payload]))).toEqual(octets)
  })
})

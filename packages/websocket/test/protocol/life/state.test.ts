import { describe, expect, it } from 'vitest'
import { State } from '../../../src/protocol/life/state.ts'

describe('State', () => {
  it("has the numbers of the platform's WebSocket", () => {
    expect(State).toEqual({ Connecting: 0, Open: 1, Closing: 2, Closed: 3 })
  })
})

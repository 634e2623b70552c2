import { expect, it } from 'vitest'
import { route } from '../../src/conversation/route.ts'

it('gives its options back, because it is there for the types alone', () => {
  const options = { handler: () => undefined, onConnect: () => ({ data: 1 }) }
  expect(route(options)).toBe(options)
})

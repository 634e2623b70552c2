import { expect, it } from 'vitest'
import * as page from '../../src/browser/index.ts'
import { JsonSerializer } from '../../src/browser/json-serializer.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { CompactJsonSerializer } from '../../src/serializers/compact-json.ts'

it('is the JsonSerializer that a page imports', () => {
  expect(page.JsonSerializer).toBe(JsonSerializer)
  expect(new JsonSerializer()).toBeInstanceOf(CompactJsonSerializer)
})

it('takes limits as on Node', () => {
  const many = new JsonSerializer().encode([T.CALL, 1, {}, 'a', payloadOf([1, 2, 3])])
  expect(() => new JsonSerializer({ maxParts: 3 }).decode(many)).toThrow('more than 3 parts')
  expect(() => new JsonSerializer({ maxDepht: 3 } as never)).toThrow('did you mean maxDepth?')
})

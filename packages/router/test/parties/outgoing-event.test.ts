import { type MessageFormat, MessageType, type PreparedMessage } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { OutgoingEvent } from '../../src/parties/outgoing-event.ts'

it('OutgoingEvent is encoded once for each format', () => {
  const event = new OutgoingEvent([MessageType.EVENT, 1, 2, {}], true)
  const formats = [format(), format(), format()]
  for (let n = 0; n < 3; n++) for (const each of formats) expect(event.preparedFor(each)).toBe(each.prepared)
  expect(formats.map(({ count }) => count)).toEqual([1, 1, 1])
})

function format() {
  return new CountingFormat()
}

class CountingFormat implements MessageFormat {
  readonly serializer = 'json'
  readonly prepared = { size: 1 }
  count = 0

  prepare(): PreparedMessage {
    this.count++
    return this.prepared
  }
}

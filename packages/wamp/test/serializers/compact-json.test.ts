import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientRule } from '../../src/messages/client-rules.ts'
import { messageRule } from '../../src/messages/message-table.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { CompactJsonSerializer } from '../../src/serializers/compact-json.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { resolveLimits } from '../../src/serializers/limits.ts'
import { testSerializer } from '../fixtures/serializer-suite.ts'
import { anyMessage, everyMessage, opened } from '../fixtures/wamp-messages.ts'

testSerializer(limits => new CompactJsonSerializer(messageRule, limits && resolveLimits(limits)))

const compact = new CompactJsonSerializer(messageRule)
const json = new JsonSerializer()
const ofClients = new CompactJsonSerializer(clientRule)

describe('CompactJsonSerializer', () => {
  it('is text, with the number 1 on RawSocket', () => {
    expect([compact.name, compact.isBinary, compact.rawSocketId]).toEqual(['json', false, 1])
  })

  it('reads octets as UTF-8, and refuses other octets', () => {
    expect(opened(compact.decode(Buffer.from('[50,1,{},["é😀"]]')))).toEqual([T.RESULT, 1, {}, { args: ['é😀'], kwargs: {} }])
    expect(() => compact.decode(Buffer.from([0x5b, 0xff, 0x5d]))).toThrow('the message is not UTF-8')
    expect(compact.split(Buffer.from('[1]\x18'))).toEqual(['[1]'])
  })

  it('writes what JsonSerializer writes', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        // a payload keeps the text that the first of both has made of it
        const [first, second] = [opened(message), opened(message)] as [never, never]
        expect(compact.encode(first)).toBe(json.encode(second))
      }),
    )
  })

  it('takes what JsonSerializer takes, and refuses what it refuses', () => {
    fc.assert(
      fc.property(anyMessage, fc.array(fc.tuple(fc.nat(), texts, fc.boolean())), (message, edits) => {
        const text = edited(json.encode(message), edits)
        expect(outcome(compact, text)).toEqual(outcome(json, text))
      }),
      { numRuns: 2000 },
    )
  })

  it('checks what a router sends as JsonSerializer does, with the rules of clients', () => {
    for (const message of everyMessage.filter(([code]) => messageRule(code)!.isFromRouter)) {
      const text = json.encode(message)
      expect(outcome(ofClients, text)).toEqual(outcome(json, text))
    }
    expect(() => ofClients.decode('[36,1,2,{"retained":1}]')).toThrow('EVENT.Details.retained must be a boolean, and not 1')
    expect(() => ofClients.encode([T.PUBLISH, 1, { exclude: [Number.NaN] }, 'a'])).toThrow('PUBLISH.Options.exclude[0] is NaN')
  })

  it('throws what a getter of the application throws', () => {
    const item = {
      get a(): number {
        throw new RangeError('mine')
      },
    }
    expect(() => compact.encode([T.RESULT, 1, {}, payloadOf([item])])).toThrow('mine')
  })
})

/** Texts that mean something in JSON or in the data model of WAMP. */
const texts = fc.constantFrom(
  ...['', ' ', ',', ':', '"', '\\', '[', ']', '{', '}', '-', '0', '1', '.5', 'e9', 'e999', 'null', 'true', '\\u0000', '\\ud800', '\0'],
  ...['"a":1,', '"a":1,"a":2,', '"__proto__":{},', '"\\u0000AA==",', '9007199254740993,', '18446744073709551616,', '1e400,', '[[],{}],'],
)

function edited(text: string, edits: readonly (readonly [at: number, inserted: string, removes: boolean])[]): string {
  let result = text
  for (const [at, inserted, removes] of edits) {
    const place = at % (result.length + 1)
    result = result.slice(0, place) + inserted + result.slice(place + (removes ? 1 : 0))
  }
  // halves of surrogate pairs cannot arrive but as escapes
  return Buffer.from(result).toString()
}

/** Returns the message of a text, or the kind of the error. */
function outcome(serializer: JsonSerializer | CompactJsonSerializer, text: string): unknown {
  try {
    return opened(serializer.decode(text))
  } catch (error) {
    return (error as Error).name
  }
}

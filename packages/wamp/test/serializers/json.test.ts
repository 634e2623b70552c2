import { describe, expect, it } from 'vitest'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { testSerializer } from '../fixtures/serializer-suite.ts'
import { opened } from '../fixtures/wamp-messages.ts'

testSerializer(limits => new JsonSerializer(limits))

const json = new JsonSerializer()

describe('JsonSerializer', () => {
  it('is text, with the number 1 on RawSocket', () => {
    expect([json.name, json.isBinary, json.rawSocketId]).toEqual(['json', false, 1])
  })

  it('writes messages as the specification shows them', () => {
    expect(json.encode([T.CALL, 7814135, {}, 'com.myapp.user.new', payloadOf(['johnny'], { firstname: 'John' })])).toBe(
      '[48,7814135,{},"com.myapp.user.new",["johnny"],{"firstname":"John"}]',
    )
    expect(json.encode([T.RESULT, 1, {}, payloadOf([], { a: 1 })])).toBe('[50,1,{},[],{"a":1}]')
    expect(json.encode([T.UNREGISTERED, 0, { registration: 5 }])).toBe('[67,0,{"registration":5}]')
  })

  it('writes binary data as U+0000 and base64', () => {
    const octets = Buffer.from('10e3ff9053075c526f5fc06d4fe37cdb', 'hex')
    expect(json.encode([T.RESULT, 1, {}, payloadOf([octets])])).toBe('[50,1,{},["\\u0000EOP/kFMHXFJvX8BtT+N82w=="]]')
  })

  it('reads octets as UTF-8, and refuses other octets and a mark of the byte order', () => {
    const text = '[50,1,{},["é😀"]]'
    expect(opened(json.decode(Buffer.from(text)))).toEqual([T.RESULT, 1, {}, { args: ['é😀'], kwargs: {} }])
    expect(() => json.decode(Buffer.from(`\ufeff${text}`))).toThrow('a message must be a list')
    expect(() => json.decode(Buffer.from([0x5b, 0xff, 0x5d]))).toThrow('the message is not UTF-8')
    expect(json.split(Buffer.from('[1]\x18'))).toEqual(['[1]'])
  })

  it('takes white space and escapes anywhere, and hands on a payload as it came', () => {
    const message = json.decode(' [ 48 , 1 ,\t{ } ,\r\n"\\u0063om.a" , [ 1.0 , "\\u00e9" ] , { "a" : 1e2 } ] ')
    expect(opened(message)).toEqual([T.CALL, 1, {}, 'com.a', { args: [1, 'é'], kwargs: { a: 100 } }])
    expect(json.encode([T.INVOCATION, 7, 8, {}, message[4] as never])).toBe('[68,7,8,{},[ 1.0 , "\\u00e9" ] , { "a" : 1e2 }]')
  })

  it('reads ids up to 2^53 however they are written', () => {
    expect(json.decode('[36,9007199254740992,9007199254740991,{}]')).toEqual([T.EVENT, 2 ** 53, 2 ** 53 - 1, {}])
    expect(json.decode('[36,1.0,1e3,{}]')).toEqual([T.EVENT, 1, 1000, {}])
    expect(() => json.decode('[36,9007199254740993,1,{}]')).toThrow('EVENT.Subscription must be an id')
  })

  it('keeps binary data and integers beyond 2^53 in options', () => {
    expect(json.decode('[49,1,{"own":[9007199254740993,"\\u0000AAEC"]}]')).toEqual([
      T.CANCEL,
      1,
      { own: [2n ** 53n + 1n, new Uint8Array([0, 1, 2])] },
    ])
  })

  it.each([
    ['', 'a message must be a list'],
    ['null', 'a message must be a list'],
    ['{"0":48}', 'a message must be a list'],
    ['[48,1,{},"a"', 'the message is not JSON: it ends too early'],
    ['[48,1,{},"a"] 1', 'the message is not JSON: the character at 14 is not expected'],
    ['[48,1,{},"a"}', 'the message is not JSON: the character at 12 is not expected'],
    ['[48,1,{},"a",[1]', 'the message is not JSON: it ends too early'],
    ['[48,1,{},"a",[1] [2]]', 'the message is not JSON: the character at 17 is not expected'],
    ['[48,1,{},"a",[1],{"a":1}', 'the message is not JSON: it ends too early'],
  ])('refuses %j', (text, message) => {
    expect(() => json.decode(text)).toThrow(expect.objectContaining({ name: 'ProtocolViolation', message }))
  })

  it('takes null in the place of a payload, with white space around it', () => {
    for (const trusts of [false, true]) {
      const message = json.decode('[50,1,{}, null , { "a" : 1 } ] ', trusts)
      expect(opened(message)).toEqual([T.RESULT, 1, {}, { args: [], kwargs: { a: 1 } }])
      expect(json.encode(message)).toBe('[50,1,{},[] , { "a" : 1 }]')
      expect(json.encode(json.decode('[50,1,{},[ null ] ,\r\n\tnull ]', trusts))).toBe('[50,1,{},[ null ]]')
      expect(() => opened(json.decode('[50,1,{},nul]', trusts))).toThrow('the message is not JSON')
      expect(() => opened(json.decode('[50,1,{},[],nul]', trusts))).toThrow('the message is not JSON')
      expect(() => opened(json.decode('[50,1,{},[],false]', trusts))).toThrow('ArgumentsKw must be a dictionary')
    }
  })

  it('checks a trusted payload only when it is read', () => {
    const message = json.decode('[50,1,{},[1,[2}]', true)
    expect(() => opened(message)).toThrow('the message is not JSON')
    expect(() => json.decode('[50,1,{},[', true)).toThrow('the message is not JSON')
    expect(() => opened(json.decode('[50,1,{},[],{},1]', true))).toThrow('the message has more elements than it may have')
  })

  it('batches with the octet 0x18, and takes 0x1e too', () => {
    expect(json.join(['[1]', '[2]'])).toBe('[1]\x18[2]\x18')
    expect(json.split('[1]\x1e[2]\x1e')).toEqual(['[1]', '[2]'])
  })
})

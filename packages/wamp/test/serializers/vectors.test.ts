import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import { fromHex } from '../fixtures/octets.ts'
import { opened } from '../fixtures/wamp-messages.ts'

/** Messages and their octets in the test suite of the specification, each with JSON, MessagePack and CBOR. */
const vectors: readonly [what: string, message: Message, json: string, msgpack: string, cbor: string][] = [
  [
    'WELCOME',
    [T.WELCOME, 9129137332, { roles: { broker: {}, dealer: {} } }],
    '[2,9129137332,{"roles":{"broker":{},"dealer":{}}}]',
    '9302cf00000002202394b481a5726f6c657382a662726f6b657280a66465616c657280',
    '83021b00000002202394b4a165726f6c6573a26662726f6b6572a0666465616c6572a0',
  ],
  [
    'PUBLISH',
    [T.PUBLISH, 239714735, {}, 'com.myapp.mytopic1', payloadOf(['Hello, world!'])],
    '[16,239714735,{},"com.myapp.mytopic1",["Hello, world!"]]',
    '9510ce0e49c1af80b2636f6d2e6d796170702e6d79746f7069633191ad48656c6c6f2c20776f726c6421',
    '85101a0e49c1afa072636f6d2e6d796170702e6d79746f70696331816d48656c6c6f2c20776f726c6421',
  ],
  [
    'SUBSCRIBE',
    [T.SUBSCRIBE, 713845233, {}, 'com.myapp.mytopic1'],
    '[32,713845233,{},"com.myapp.mytopic1"]',
    '9420ce2a8c69f180b2636f6d2e6d796170702e6d79746f70696331',
    '8418201a2a8c69f1a072636f6d2e6d796170702e6d79746f70696331',
  ],
  ['UNSUBSCRIBED', [T.UNSUBSCRIBED, 85346237], '[35,85346237]', '9223ce051647bd', '8218231a051647bd'],
  [
    'EVENT',
    [T.EVENT, 9823526, 112233445566, {}, payloadOf(['Hello, event!'])],
    '[36,9823526,112233445566,{},["Hello, event!"]]',
    '9524ce0095e526cf0000001a21a278be8091ad48656c6c6f2c206576656e7421',
    '8518241a0095e5261b0000001a21a278bea0816d48656c6c6f2c206576656e7421',
  ],
  [
    'EVENT of a link between routers',
    [
      T.EVENT,
      7418529630,
      556677889900,
      { forward_for: [{ session: 2468013579, authid: 'frontend1', authrole: 'user' }] },
      payloadOf([100, 'data']),
    ],
    '[36,7418529630,556677889900,{"forward_for":[{"session":2468013579,"authid":"frontend1","authrole":"user"}]},[100,"data"]]',
    '9524cf00000001ba2dc75ecf000000819c967f6c81ab666f72776172645f666f729183a773657373696f6ece931ae60ba6617574686964a966726f6e74656e6431a861757468726f6c65a4757365729264a464617461',
    '8518241b00000001ba2dc75e1b000000819c967f6ca16b666f72776172645f666f7281a36773657373696f6e1a931ae60b666175746869646966726f6e74656e64316861757468726f6c6564757365728218646464617461',
  ],
  [
    'EVENT with a binary value in place of its payload',
    [
      T.EVENT,
      5647382910,
      998877665544,
      { enc_algo: 'cryptobox', enc_serializer: 'msgpack' },
      transparent('83a5636f6c6f72a4626c7565a473697a65a56c61726765a5636f756e741e'),
    ],
    '[36,5647382910,998877665544,{"enc_algo":"cryptobox","enc_serializer":"msgpack"},"\\u0000g6Vjb2xvcqRibHVlpHNpemWlbGFyZ2WlY291bnQe"]',
    '9524cf00000001509c397ecf000000e891bf990882a8656e635f616c676fa963727970746f626f78ae656e635f73657269616c697a6572a76d73677061636bc41e83a5636f6c6f72a4626c7565a473697a65a56c61726765a5636f756e741e',
    '8518241b00000001509c397e1b000000e891bf9908a268656e635f616c676f6963727970746f626f786e656e635f73657269616c697a6572676d73677061636b581e83a5636f6c6f72a4626c7565a473697a65a56c61726765a5636f756e741e',
  ],
  [
    'CALL',
    [T.CALL, 7814135, {}, 'com.myapp.myprocedure1', payloadOf(['Hello, world!'])],
    '[48,7814135,{},"com.myapp.myprocedure1",["Hello, world!"]]',
    '9530ce00773bf780b6636f6d2e6d796170702e6d7970726f6365647572653191ad48656c6c6f2c20776f726c6421',
    '8518301a00773bf7a076636f6d2e6d796170702e6d7970726f63656475726531816d48656c6c6f2c20776f726c6421',
  ],
]

describe('the octets of the specification', () => {
  for (const [what, message, json, msgpack, cbor] of vectors) {
    it(`are what is written and read: ${what}`, () => {
      expect(new JsonSerializer().encode(message)).toBe(json)
      expect(new MsgpackSerializer().encode(message)).toEqual(fromHex(msgpack))
      expect(new CborSerializer().encode(message)).toEqual(fromHex(cbor))
      expect(opened(new JsonSerializer().decode(json))).toEqual(opened(message))
      expect(opened(new MsgpackSerializer().decode(fromHex(msgpack)))).toEqual(opened(message))
      expect(opened(new CborSerializer().decode(fromHex(cbor)))).toEqual(opened(message))
    })
  }
})

function transparent(hex: string) {
  const octets = fromHex(hex)
  return { args: [octets], kwargs: {}, transparent: octets }
}

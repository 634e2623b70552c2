// Everything that turns messages into one of the formats and back: this library, a library of the format alone, and two other peers.
import { createRequire } from 'node:module'
import { decode as decodeMsgpack, encode as encodeMsgpack } from '@msgpack/msgpack'
import { decode as decodeCbor, encode as encodeCbor } from 'cborg'
import { CborSerializer, JsonSerializer, MsgpackSerializer } from '../../packages/wamp/dist/protocol.js'
import { withPayload } from './messages.mjs'

export const formats = [
  { name: 'JSON', own: new JsonSerializer(), plain: { name: 'JSON.parse, JSON.stringify', encode: JSON.stringify, decode: JSON.parse } },
  {
    name: 'MessagePack',
    own: new MsgpackSerializer(),
    plain: { name: '@msgpack/msgpack', encode: value => encodeMsgpack(value), decode: value => decodeMsgpack(value) },
  },
  {
    name: 'CBOR',
    own: new CborSerializer(),
    plain: { name: 'cborg', encode: value => encodeCbor(value), decode: value => decodeCbor(value) },
  },
]

/** Makes the candidates of a format: each has `encode`, `decode`, which reads the payload too, and `handOn`. */
export async function candidatesOf({ name, own, plain }) {
  return [thisLibrary(own), other(plain), ...(await peers(name))]
}

function thisLibrary(serializer) {
  return {
    name: 'autobahn-ts',
    encode: message => serializer.encode(withPayload(message)),
    decode(data) {
      const payload = serializer.decode(data)[4]
      return payload.args.length + Object.keys(payload.kwargs).length
    },
    handOn: (data, change) => serializer.encode(change(serializer.decode(data))),
  }
}

function other({ name, encode, decode }) {
  return { name, encode, decode, handOn: (data, change) => encode(change(decode(data))) }
}

/** Loads the serializers of autobahn-js and of wampy, where they are installed. */
async function peers(format) {
  const require = createRequire(import.meta.url)
  const found = []
  try {
    const autobahn = require('autobahn/lib/serializer.js')
    const Serializer = { JSON: autobahn.JSONSerializer, MessagePack: autobahn.MsgpackSerializer, CBOR: autobahn.CBORSerializer }[format]
    const serializer = new Serializer()
    found.push(
      other({ name: 'autobahn-js', encode: message => serializer.serialize(message), decode: data => serializer.unserialize(data) }),
    )
  } catch (error) {
    console.error(`autobahn-js is left out: ${error.message}`)
  }
  try {
    const name = { JSON: 'JsonSerializer', MessagePack: 'MsgpackSerializer', CBOR: 'CborSerializer' }[format]
    const serializer = new (await import(`wampy/${name}.js`))[name]()
    found.push(other({ name: 'wampy', encode: message => serializer.encode(message), decode: data => serializer.decode(data) }))
  } catch (error) {
    console.error(`wampy is left out: ${error.message}`)
  }
  return found
}

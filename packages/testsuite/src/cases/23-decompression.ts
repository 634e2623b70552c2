import { constants, deflateRawSync } from 'node:zlib'
import { closePayload } from '../wire/close-payload.ts'
import { hex, joined, utf8 } from '../wire/octets.ts'
import type { Case, CloseExpectation, Compression, Frame } from './case.ts'
import { type MadePayload, type Payload, pieces, repeated } from './payload.ts'
import {
  answers,
  binary,
  came,
  cleanClose,
  close,
  closeFrame,
  continuation,
  failedWith,
  failure,
  failureOr,
  informationalClose,
  ok,
  ping,
  send,
  text,
} from './words.ts'

let made: Uint8Array | undefined
const compression: Compression = { offers: [{ noContextTakeover: false, maxWindowBits: 0 }] }
/** The codes for data that is not valid DEFLATE. The RFCs do not name one; each of these says that the data was at fault. */
const inflating: readonly number[] = [1002, 1003, 1007]
/** Text with so many different letters that a block with its own codes is shorter. */
const varied: string = Array.from({ length: 400 }, (_, n) => String.fromCharCode(32 + ((n * n) % 61))).join('')

/** Compressed data: everything that DEFLATE allows, what it forbids, and data that expands enormously. */
export const group23: readonly Case[] = [
  ...echoes('23.1', 'RFC 7692 §7.2.1, §7.2.2', [
    ['a block with fixed codes', [compressed(hex('f2 48 cd c9 c9 07 00'))], 'Hello'],
    ['a block that is stored', [compressed(hex('00 05 00 fa ff 48 65 6c 6c 6f 00'))], 'Hello'],
    ['a block with codes of its own', [compressed(deflated(varied))], varied],
    ['two blocks', [compressed(hex('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'))], 'Hello'],
    [
      'a hundred empty blocks before one that is not',
      [compressed(joined([...Array(100).fill(hex('00 00 00 ff ff')), hex('f2 48 cd c9 c9 07 00')]))],
      'Hello',
    ],
    ['nothing, in one octet', [compressed(hex('00'))], ''],
    ['nothing, in an empty block with fixed codes', [compressed(hex('02 00'))], ''],
    ['UTF-8', [compressed(deflated('κόσμε – ½ of it'))], 'κόσμε – ½ of it'],
    ['a message in fragments of one octet', fragmented(hex('f2 48 cd c9 c9 07 00'), 1), 'Hello'],
    ['a message whose first fragment is empty', [text('', { rsv: 4, fin: false }), continuation(hex('f2 48 cd c9 c9 07 00'))], 'Hello'],
    ['a message whose last fragment is empty', [text(hex('f2 48 cd c9 c9 07 00'), { rsv: 4, fin: false }), continuation('')], 'Hello'],
    ['64 KiB that hardly take any room', [compressed(deflated('*'.repeat(65_536)))], '*'.repeat(65_536)],
  ]),
  {
    ...echoed('23.1.13', '', [text('Hello')], 'Hello', 'RFC 7692 §6'),
    title: 'Sends a message that is not compressed, though it might be.',
  },
  {
    ...echoed('23.1.14', 'a message in fragments with a ping between them,', [], 'Hello', 'RFC 7692 §6.1'),
    steps: [send([text(hex('f2 48 cd'), { rsv: 4, fin: false }), ping('you?'), continuation(hex('c9 c9 07 00'))]), answers(), close()],
    accepted: [ok(came.pong('you?'), came.text('Hello'))],
  },
  {
    ...echoed('23.1.15', 'one that is compressed, one that is not, and one that is again,', [], 'Hello', 'RFC 7692 §6'),
    steps: [send([compressed(hex('f2 48 cd c9 c9 07 00')), text('plain'), compressed(hex('f2 48 cd c9 c9 07 00'))]), answers(), close()],
    accepted: [ok(came.text('Hello'), came.text('plain'), came.text('Hello'))],
  },

  ...echoes('23.2', 'RFC 7692 §7.2.1, §7.2.3.4', [
    ['a block that says that it is the last one', [compressed(hex('f3 48 cd c9 c9 07 00 00'))], 'Hello'],
    ['a stored block that says that it is the last one', [compressed(hex('01 05 00 fa ff 48 65 6c 6c 6f 00'))], 'Hello'],
    [
      'two blocks that each say that they are the last one',
      [compressed(hex('f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00'))],
      'HelloHello',
    ],
    [
      'a block that says that it is the last one, and another that does not',
      [compressed(hex('f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00'))],
      'HelloHello',
    ],
  ]),
  {
    ...echoed('23.2.5', 'one whose block says that it is the last, followed by another message,', [], 'Hello', 'RFC 7692 §7.2.3.4'),
    steps: [send([compressed(hex('f3 48 cd c9 c9 07 00 00')), compressed(hex('f2 48 cd c9 c9 07 00'))]), answers(), close()],
    accepted: [ok(came.text('Hello'), came.text('Hello'))],
  },

  ...[
    ['a block of the type that does not exist', hex('06 00')],
    ['a stored block whose two lengths differ', hex('00 05 00 00 00 48 65 6c 6c 6f 00')],
    ['a block that points back to before the beginning', hex('02 02 00')],
    ['codes that are not valid', hex('04 ff ff ff ff ff ff ff')],
    ['octets that are all ones', repeated(hex('ff'), 100)],
    ['text that is not compressed at all', 'Hello, I am a text that is not compressed'],
  ].map(([what, payload], n) => refused(`23.3.${n + 1}`, `a message with ${String(what)}`, compressed(payload ?? ''), inflating)),
  ...[
    ['a message that ends within a block', hex('f2 48 cd c9')],
    ['a message whose stored block lacks its end', hex('00 05 00 fa ff 48 65')],
  ].map(([what, payload], n) => cutShort(`23.3.${n + 7}`, String(what), compressed(payload ?? ''))),
  {
    ...cutShort('23.3.9', 'a message of no octets, which does not end a block', compressed('')),
    expectation: 'The testee fails the connection, or takes it for an empty message, as the implementations in use do.',
    accepted: [
      ok(),
      { ...ok(came.text('')), close: informationalClose },
      { behavior: 'NON-STRICT', events: 'any', close: informationalClose },
    ],
  },
  refused(
    '23.3.10',
    'a message with octets after its last block that are not a block',
    compressed(hex('f2 48 cd c9 c9 07 18 ff ff')),
    inflating,
  ),
  refused('23.3.11', 'a text message that inflates to invalid UTF-8', compressed(deflated(hex('61 ff fe 62'))), [1007]),
  refused('23.3.12', 'a text message that inflates to the first half of a character', compressed(deflated(hex('61 ce'))), [1007]),
  cutShort(
    '23.3.13',
    'a message with octets that are not a block after one that says that it is the last',
    compressed(hex('f3 48 cd c9 c9 07 00 ff ff ff')),
  ),

  refused('23.4.1', 'a ping with RSV1', ping('Hello', { rsv: 4 }), [1002]),
  refused('23.4.2', 'a compressed ping with RSV1', ping(hex('f2 48 cd c9 c9 07 00'), { rsv: 4 }), [1002]),
  {
    ...refused('23.4.3', 'a close frame with RSV1', closeFrame(closePayload(1000), { rsv: 4 }), [1002]),
    steps: [send(closeFrame(closePayload(1000), { rsv: 4 }))],
    close: { by: 'fuzzer', codes: [1002], clean: false },
  },
  refusedFrames('23.4.4', 'a message whose second fragment has RSV1 as well', [
    text(hex('f2 48 cd'), { rsv: 4, fin: false }),
    continuation(hex('c9 c9 07 00'), { rsv: 4 }),
  ]),
  refusedFrames('23.4.5', 'a message whose second fragment alone has RSV1', [
    text('Hello', { fin: false }),
    continuation(hex('f2 48 cd c9 c9 07 00'), { rsv: 4 }),
  ]),
  refused('23.4.6', 'a message with RSV1 and RSV2', text(hex('f2 48 cd c9 c9 07 00'), { rsv: 6 }), [1002]),
  refused('23.4.7', 'a message with RSV1 and RSV3', text(hex('f2 48 cd c9 c9 07 00'), { rsv: 5 }), [1002]),

  bomb('23.5.1', 'a message of 28 KiB that inflates to 28 MiB', [binary(zeros(28), { rsv: 4 })]),
  bomb('23.5.2', 'a message of 1 MiB that inflates to 1 GiB', [binary(zeros(1024), { rsv: 4 })]),
  bomb('23.5.3', 'the same in fragments of 1 KiB', bombInFragments()),
  bomb(
    '23.5.4',
    'ten messages that inflate to 28 MiB each',
    Array.from({ length: 10 }, () => binary(zeros(28), { rsv: 4 })),
  ),
  bomb('23.5.5', 'the beginning of a message that inflates to 1 GiB, without its last fragment', [
    binary(zeros(1024), { rsv: 4, fin: false }),
  ]),
]

function echoes(
  subgroup: string,
  section: string,
  rows: readonly (readonly [what: string, frames: readonly Frame[], message: string])[],
): Case[] {
  return rows.map(([what, frames, message], n) => echoed(`${subgroup}.${n + 1}`, what, frames, message, section))
}

function echoed(id: string, what: string, frames: readonly Frame[], message: string, section: string): Case {
  return {
    id,
    title: `Sends a compressed text message: ${what.replace(/,$/, '')}.`,
    expectation: 'It comes back, compressed or not.',
    section,
    compression,
    steps: [send(frames), answers(), close()],
    accepted: [ok(came.text(message))],
    close: cleanClose,
  }
}

function refused(id: string, what: string, frame: Frame, codes: readonly number[]): Case {
  return refusedFrames(id, what, [frame], codes)
}

function refusedFrames(id: string, what: string, frames: readonly Frame[], codes: readonly number[] = [1002]): Case {
  return {
    id,
    title: `Sends ${what}.`,
    expectation: `The testee fails the connection with ${codes.join(' or ')}.`,
    section: codes.length > 1 ? 'RFC 7692 §7.2.2' : codes[0] === 1007 ? 'RFC 6455 §8.1, RFC 7692 §6.2' : 'RFC 7692 §6.1, RFC 6455 §5.2',
    compression,
    steps: [send(frames), failure],
    accepted: [ok()],
    close: failing(codes),
  }
}

/** Ends the data within a block. No RFC defines such a message, so a testee may echo what it could inflate. */
function cutShort(id: string, what: string, frame: Frame): Case {
  return {
    ...refused(id, what, frame, inflating),
    expectation: 'The testee fails the connection. To echo what could be inflated is non-strict.',
    steps: [send(frame), answers(1), close()],
    accepted: [ok(), { behavior: 'NON-STRICT', events: 'any', close: informationalClose }],
  }
}

function bomb(id: string, what: string, frames: readonly Frame[]): Case {
  return {
    id,
    title: `Sends ${what}.`,
    expectation: 'The testee fails the connection with 1009 as soon as it is too much. It may also have no such limit.',
    section: 'RFC 6455 §10.4, RFC 7692 §8',
    compression,
    // Inflating so much may keep the machine busy.
    alone: true,
    steps: [send(frames), failureOr('still open')],
    accepted: [ok(), { behavior: 'INFORMATIONAL', events: 'any', close: informationalClose }],
    close: { by: 'testee', codes: [1008, 1009, 1013, 'none'], clean: false },
  }
}

function failing(codes: readonly number[]): CloseExpectation {
  return codes.length === 1 ? failedWith(codes[0]!) : { by: 'testee', codes: [...codes, 'none'], clean: false }
}

function compressed(payload: Payload): Frame {
  return text(payload, { rsv: 4 })
}

function fragmented(octets: Uint8Array, size: number): Frame[] {
  return pieces(octets, size).map((piece, n, all) => {
    const fin = n === all.length - 1
    return n === 0 ? text(piece, { fin, rsv: 4 }) : continuation(piece, { fin })
  })
}

/** Compresses a message as RFC 7692 §7.2.1 sends it. */
function deflated(message: string | Uint8Array): Uint8Array {
  const octets = deflateRawSync(typeof message === 'string' ? utf8(message) : message, { finishFlush: constants.Z_SYNC_FLUSH })
  return octets.subarray(0, octets.length - 4)
}

/** Returns `mebibytes` MiB of zeros, compressed: a sequence of equal blocks that do not depend on each other. */
function zeros(mebibytes: number): MadePayload {
  return blocks(mebibytes, 4)
}

function bombInFragments(): Frame[] {
  return Array.from({ length: 1024 }, (_, n): Frame => {
    const fin = n === 1023
    const payload = blocks(1, fin ? 4 : 0)
    return n === 0 ? binary(payload, { fin, rsv: 4 }) : continuation(payload, { fin })
  })
}

/** Returns `count` blocks, the last of which is shorter by `leftOut` octets. */
function blocks(count: number, leftOut: number): MadePayload {
  const make = (): Uint8Array => joined(Array<Uint8Array>(count).fill(block())).slice(0, block().length * count - leftOut)
  return {
    get length() {
      return block().length * count - leftOut
    },
    make,
  }
}

/** Compresses one MiB of zeros, up to the end of a flush. */
function block(): Uint8Array {
  made ??= deflateRawSync(new Uint8Array(1_048_576), { level: 9, finishFlush: constants.Z_SYNC_FLUSH })
  return made
}

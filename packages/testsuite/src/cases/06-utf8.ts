import { hex, joined, utf8 } from '../wire/octets.ts'
import { codePointCases, refusedText } from './06-utf8-code-points.ts'
import type { Case, Frame, Step } from './case.ts'
import { answers, came, cleanClose, close, failure, fragments, mark, nonStrict, ok, part, pause, send, text } from './words.ts'

const kosme = hex('ce ba e1 bd b9 cf 83 ce bc ce b5')
const edited = utf8('edited')
const greek = 'Hello-µ@ßöäüàá-UTF-8!!'

/** UTF-8: valid and invalid text, in one piece and cut anywhere, and how soon the testee detects it. */
export const group6: readonly Case[] = [
  echoed('6.1.1', 'Sends an empty text message.', fragments('text', ''), ''),
  echoed('6.1.2', 'Sends a text message of three empty fragments.', fragments('text', '', '', ''), ''),
  echoed('6.1.3', 'Sends a text message of three fragments; only the second is not empty.', fragments('text', '', 'middle', ''), 'middle'),

  echoed('6.2.1', 'Sends a valid text message in one frame.', [text(greek)], greek),
  echoed(
    '6.2.2',
    'Sends a valid text message in two fragments, cut between two code points.',
    fragments('text', greek.slice(0, 7), greek.slice(7)),
    greek,
  ),
  echoed('6.2.3', 'Sends a valid text message in fragments of one octet.', octetwise(utf8(greek)), greek),
  echoed('6.2.4', 'Sends another valid text message in fragments of one octet.', octetwise(kosme), kosme),

  refused('6.3.1', 'Sends a text message with a surrogate in it, in one frame.', [text(joined([kosme, hex('ed a0 80'), edited]))]),
  refused('6.3.2', 'Sends the same in fragments of one octet.', octetwise(joined([kosme, hex('ed a0 80'), edited]))),

  // The code point of f4908080 is beyond U+10FFFF, which its second octet shows.
  inThreeParts('6.4.1', 'three frames', 'the code point', threeFrames([kosme, hex('f4 90 80 80'), edited])),
  inThreeParts(
    '6.4.2',
    'three frames',
    'the first two octets of the code point',
    threeFrames([kosme, hex('f4 90'), joined([hex('80 80'), edited])]),
  ),
  inThreeParts('6.4.3', 'one frame', 'the code point', oneFrame([kosme, hex('f4 90 80 80'), edited])),
  inThreeParts(
    '6.4.4',
    'one frame',
    'the first two octets of the code point',
    oneFrame([kosme, hex('f4 90'), joined([hex('80 80'), edited])]),
  ),

  ...codePointCases(),
]

function echoed(id: string, title: string, frames: readonly Frame[], payload: string | Uint8Array): Case {
  return {
    id,
    title,
    expectation: 'The message comes back.',
    section: 'RFC 6455 §5.6',
    steps: [send(frames), answers(), close()],
    accepted: [ok(came.text(payload))],
    close: cleanClose,
  }
}

function refused(id: string, title: string, frames: readonly Frame[]): Case {
  return {
    id,
    title,
    expectation: 'The testee fails the connection with 1007.',
    section: 'RFC 6455 §8.1',
    steps: [send(frames), failure],
    accepted: [ok()],
    close: refusedText,
  }
}

function octetwise(octets: Uint8Array): Frame[] {
  return fragments('text', ...Array.from(octets, octet => Uint8Array.of(octet)))
}

/** Sends a text in three parts; `how` names the way of sending them. */
function inThreeParts(id: string, how: string, second: string, [one, two, three]: readonly [Step, Step, Step]): Case {
  return {
    id,
    title: `Sends a text message with a code point beyond U+10FFFF in ${how}, in three parts with 1 s between; the second is ${second}.`,
    expectation: 'The testee fails the connection with 1007 at the second part. If it does so at the third, it is non-strict.',
    section: 'RFC 6455 §8.1',
    steps: [one, pause(1), mark('second part'), two, pause(1), mark('third part'), three, failure],
    accepted: [ok(came.mark('second part')), nonStrict(came.mark('second part'), came.mark('third part'))],
    close: refusedText,
  }
}

function threeFrames(parts: readonly [Uint8Array, Uint8Array, Uint8Array]): [Step, Step, Step] {
  const [one, two, three] = fragments('text', ...parts)
  return [send(one!), send(two!), send(three!)]
}

function oneFrame([one, two, three]: readonly [Uint8Array, Uint8Array, Uint8Array]): [Step, Step, Step] {
  const frame = text(joined([one, two, three]))
  const [first, second] = [one.length, one.length + two.length]
  return [part(frame, 0, first), part(frame, first, second), part(frame, second)]
}

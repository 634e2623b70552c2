import { hex, joined, utf8 } from '../wire/octets.ts'
import type { Case, CloseExpectation } from './case.ts'
import { answers, came, cleanClose, close, failedWith, failure, ok, send, text } from './words.ts'

/** Makes cases 6.5.1 to 6.23.7, of one text message each, on the topics of Markus Kuhn's UTF-8 stress test, in its order. */
export function codePointCases(): Case[] {
  return topics.flatMap(({ about, samples }, nth) =>
    samples.map(({ octets, isValid }, n): Case => {
      const what = octets.length <= 16 ? spaced(octets) : `${octets.length} octets: ${spaced(octets.subarray(0, 12))} …`
      return {
        id: `6.${nth + 5}.${n + 1}`,
        title: `${about}: sends a text message of ${what}.`,
        expectation: isValid ? 'The message comes back.' : 'The testee fails the connection with 1007.',
        section: 'RFC 6455 §8.1, RFC 3629 §4',
        steps: isValid ? [send(text(octets)), answers(), close()] : [send(text(octets)), failure],
        accepted: [isValid ? ok(came.text(octets)) : ok()],
        close: isValid ? cleanClose : refusedText,
      }
    }),
  )
}

/**
 * The testee fails the connection with 1007 (RFC 6455 §8.1). A testee that leaves it to the fuzzer to end the connection did not check the
 * text.
 */
export const refusedText: CloseExpectation = { ...failedWith(1007), fatal: 'side' }

interface Topic {
  readonly about: string
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly octets: Uint8Array
  readonly isValid: boolean
}

const kosme = hex('ce ba e1 bd b9 cf 83 ce bc ce b5')

/** The topics. The first one is subgroup 6.5. */
const topics: readonly Topic[] = [
  {
    about: 'Valid text',
    samples: [
      ...['24', 'c2 a2', 'e2 82 ac', 'f0 a4 ad a2'].map(point => valid(joined([utf8('hello'), hex(point), utf8('world')]))),
      valid(kosme),
    ],
  },
  {
    about: 'Every prefix of a valid text',
    // The code points follow these octets.
    samples: Array.from(kosme, (_, n) => ({ octets: kosme.slice(0, n + 1), isValid: [2, 5, 7, 9, 11].includes(n + 1) })),
  },
  { about: 'The first code point of each length', samples: ['00', 'c2 80', 'e0 a0 80', 'f0 90 80 80'].map(valid) },
  { about: 'The first code point of lengths that UTF-8 no longer has', samples: ['f8 88 80 80 80', 'fc 84 80 80 80 80'].map(invalid) },
  { about: 'The last code point of each length', samples: ['7f', 'df bf', 'ef bf bf', 'f4 8f bf bf'].map(valid) },
  { about: 'The last number that the scheme can encode', samples: ['f7 bf bf bf', 'fb bf bf bf bf', 'fd bf bf bf bf bf'].map(invalid) },
  {
    about: 'Boundaries: U+D7FF, U+E000, U+FFFD, U+10FFFF, and 110000, which is not a code point',
    samples: [...['ed 9f bf', 'ee 80 80', 'ef bf bd', 'f4 8f bf bf'].map(valid), invalid('f4 90 80 80')],
  },
  {
    about: 'Continuation octets with nothing to continue',
    samples: [
      ...['80', 'bf', '80 bf', '80 bf 80', '80 bf 80 bf', '80 bf 80 bf 80', '80 bf 80 bf 80 bf'].map(invalid),
      invalid(range(0x80, 0xbf)),
    ],
  },
  {
    about: 'Every start octet of a length, each followed by a space',
    samples: [
      [0xc0, 0xdf],
      [0xe0, 0xef],
      [0xf0, 0xf7],
      [0xf8, 0xfb],
      [0xfc, 0xfd],
    ].map(([from = 0, to = 0]) => invalid(Uint8Array.from([...range(from, to)].flatMap(start => [start, 0x20])))),
  },
  { about: 'Sequences without their last octet', samples: unfinished().map(invalid) },
  { about: 'All sequences without their last octet, one after the other', samples: [invalid(unfinished().join(' '))] },
  { about: 'Octets that are in no text', samples: ['fe', 'ff', 'fe fe ff ff'].map(invalid) },
  {
    about: 'A slash in more octets than needed',
    samples: ['c0 af', 'e0 80 af', 'f0 80 80 af', 'f8 80 80 80 af', 'fc 80 80 80 80 af'].map(invalid),
  },
  {
    about: 'The largest number that fits in one octet less',
    samples: ['c1 bf', 'e0 9f bf', 'f0 8f bf bf', 'f8 87 bf bf bf', 'fc 83 bf bf bf bf'].map(invalid),
  },
  {
    about: 'NUL in more octets than needed',
    samples: ['c0 80', 'e0 80 80', 'f0 80 80 80', 'f8 80 80 80 80', 'fc 80 80 80 80 80'].map(invalid),
  },
  {
    about: 'A lone surrogate',
    samples: ['ed a0 80', 'ed ad bf', 'ed ae 80', 'ed af bf', 'ed b0 80', 'ed be 80', 'ed bf bf'].map(invalid),
  },
  {
    about: 'A pair of surrogates',
    samples: ['ed a0 80', 'ed ad bf', 'ed ae 80', 'ed af bf'].flatMap(high =>
      ['ed b0 80', 'ed bf bf'].map(low => invalid(`${high} ${low}`)),
    ),
  },
  {
    about: 'The last two code points of each plane, which are not characters',
    samples: Array.from({ length: 17 }, (_, plane) => plane * 0x1_0000).flatMap(plane =>
      [0xfffe, 0xffff].map(point => valid(utf8(String.fromCodePoint(plane + point)))),
    ),
  },
  {
    about: 'Special code points, U+FFF9 to U+FFFF',
    samples: Array.from({ length: 7 }, (_, n) => valid(utf8(String.fromCodePoint(0xfff9 + n)))),
  },
]

function unfinished(): string[] {
  const first = ['c0', 'e0 80', 'f0 80 80', 'f8 80 80 80', 'fc 80 80 80 80']
  const last = ['df', 'ef bf', 'f7 bf bf', 'fb bf bf bf', 'fd bf bf bf bf']
  return [...first, ...last]
}

function range(from: number, to: number): Uint8Array {
  return Uint8Array.from({ length: to - from + 1 }, (_, n) => from + n)
}

function valid(octets: string | Uint8Array): Sample {
  return { octets: typeof octets === 'string' ? hex(octets) : octets, isValid: true }
}

function invalid(octets: string | Uint8Array): Sample {
  return { octets: typeof octets === 'string' ? hex(octets) : octets, isValid: false }
}

function spaced(octets: Uint8Array): string {
  return Buffer.from(octets)
    .toString('hex')
    .replaceAll(/(..)(?!$)/g, '$1 ')
}

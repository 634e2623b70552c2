import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { shownOnTerminal, writtenToPipe } from '../../src/connect/output.ts'

/** The line without the colours that a terminal gets. */
const shown = (message: Parameters<typeof shownOnTerminal>[0]) => stripVTControlCharacters(shownOnTerminal(message))
const octets = new Uint8Array([1, 2, 255])

describe('a received message', () => {
  it('is one line on a terminal, and cannot move the cursor or forge a line of its own', () => {
    expect(shown('hello')).toBe('< hello')
    expect(shown('a\u001b[2Jb')).toContain('a\\u{1b}[2Jb')
    expect(shown('first\n< forged')).toContain('first\n  < forged')
  })

  it('is hex where it is binary, cut after 64 octets', () => {
    expect(shown(octets)).toContain('3 octets:')
    expect(shown(octets)).toContain('01 02 ff')
    expect(shown(new Uint8Array([7]))).toContain('1 octet:')
    expect(shown(new Uint8Array(1000)).endsWith(' …')).toBe(true)
  })

  it('goes to a pipe as a line, or as the octets themselves where one asks for them', () => {
    expect(writtenToPipe('a\u001b', false)).toBe('a\u001b\n')
    expect(writtenToPipe(octets, false)).toBe('0102ff\n')
    expect(writtenToPipe(octets, true)).toBe(octets)
  })
})

import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pipedInput, terminalInput } from '../../src/connect/input.ts'

// Node edits less where the terminal is a dumb one, as that of a test may be
beforeEach(() => void vi.stubEnv('TERM', 'xterm'))
afterEach(() => void vi.unstubAllEnvs())

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const list = []
  for await (const line of lines) list.push(line)
  return list
}

describe('input', () => {
  it('from a pipe comes in lines, of whatever system, the last one also without its end', async () => {
    const pipe = new PassThrough()
    pipe.end('one\r\ntwo\n\nfour')
    expect(await all(pipedInput(pipe, () => {}))).toEqual(['one', 'two', '', 'four'])
  })

  it('from a terminal ends with Ctrl-D', async () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    keys.write('hello\r')
    keys.write('\u0004')
    expect(await all(input)).toEqual(['hello'])
  })

  it('on a terminal brings back earlier lines', async () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    keys.write('first\rsecond\r')
    keys.write('\u001b[A\u001b[A\r')
    keys.write('\u0004')
    expect(await all(input)).toEqual(['first', 'second', 'first'])
  })

  it('on a narrow terminal leaves what arrives above a line of several rows', async () => {
    const [keys, screen] = [new PassThrough(), Object.assign(new PassThrough(), { columns: 20 })]
    const input = terminalInput(keys, screen)
    keys.write('x'.repeat(50))
    await turn()
    shownOn(screen)
    input.print('< arrived')
    const shown = shownOn(screen)
    // the rows of the line are taken away before, and nothing goes up over the message afterwards
    expect(shown.slice(0, shown.indexOf('< arrived'))).toMatch(upwards)
    expect(shown.slice(shown.indexOf('< arrived'))).not.toMatch(upwards)
    keys.write('\r\u0004')
    expect(await all(input)).toEqual(['x'.repeat(50)])
  })

  it('keeps the place at which somebody types', async () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    keys.write('grüße 🙂')
    keys.write('\u001b[D\u001b[D')
    await turn()
    input.print('< arrived')
    keys.write('!')
    await turn()
    keys.write('\r\u0004')
    expect(await all(input)).toEqual(['grüße! 🙂'])
  })

  it('prints also when it has ended', () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    input.close()
    shownOn(screen)
    input.print('< late')
    expect(shownOn(screen)).toBe('< late\n')
  })

  it('is not torn by what arrives while somebody types', async () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    keys.write('half')
    input.print('< arrived')
    expect(shownOn(screen)).toContain('\r\u001b[2K< arrived\n')
    keys.write(' done\r\u0004')
    expect(await all(input)).toEqual(['half done'])
  })
})

/** Lets the editor read the keys. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise<void>(resolve => setImmediate(resolve))
}

/** Returns everything written since the last look. From Node 26 on, one `read` returns one piece. */
function shownOn(screen: PassThrough): string {
  let shown = ''
  for (let piece = screen.read(); piece !== null; piece = screen.read()) shown += String(piece)
  return shown
}

/** A terminal's order to go some rows up. */
const upwards = new RegExp(`${String.fromCharCode(27)}\\[\\d+A`)

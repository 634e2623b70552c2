import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { pipedInput, terminalInput } from '../../src/connect/input.ts'

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

  it('is not torn by what arrives while somebody types', async () => {
    const [keys, screen] = [new PassThrough(), new PassThrough()]
    const input = terminalInput(keys, screen)
    keys.write('half')
    input.print('< arrived')
    expect(String(screen.read())).toContain('\r\u001b[2K< arrived\n')
    keys.write(' done\r\u0004')
    expect(await all(input)).toEqual(['half done'])
  })
})

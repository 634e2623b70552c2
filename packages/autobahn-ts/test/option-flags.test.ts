import { serverOptions } from '@autobahn-ts/websocket'
import { Command, CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { optionFlags, protocolOptionsIn } from '../src/option-flags.ts'

describe('optionFlags', () => {
  it('has one flag for every option that is true or false, a number or a word', () => {
    const scalars = Object.entries(serverOptions).filter(([, rule]) => ['boolean', 'number', 'string'].includes(typeof rule.default))
    expect(scalars.length).toBeGreaterThan(20)
    expect(optionFlags().map(flag => flag.attributeName())).toEqual(scalars.map(([name]) => name))
  })

  it('names flags as command lines do', () => {
    const names = optionFlags().map(flag => flag.long)
    expect(names).toContain('--max-message-payload-size')
    expect(names).toContain('--trust-x-forwarded-for')
    expect(names).toContain('--utf8validate-incoming')
  })

  it('has the descriptions and defaults of the library', () => {
    for (const flag of optionFlags()) {
      const rule = serverOptions[flag.attributeName() as keyof typeof serverOptions]
      expect(flag.description).not.toContain('`')
      expect(flag.description.slice(0, 4)).toBe(rule.means.replaceAll('`', '').slice(0, 4))
      expect(flag.defaultValue).toBe(rule.default)
    }
  })

  it('writes options as flags where one description mentions another', () => {
    const policy = optionFlags().find(flag => flag.long === '--unsent-policy')
    expect(policy?.description).toMatch(/^What to do when --max-unsent-size is exceeded/)
  })
})

describe('protocolOptionsIn', () => {
  it('returns the defaults without flags', () => {
    expect(read()).toEqual(Object.fromEntries(optionFlags().map(flag => [flag.attributeName(), flag.defaultValue])))
  })

  it('reads octets, seconds, words, and true and false', () => {
    const args = ['--max-message-payload-size', '1024', '--auto-ping-interval', '0.5', '--unsent-policy', 'skip', '--tcp-no-delay', 'false']
    const expected = { maxMessagePayloadSize: 1024, autoPingInterval: 0.5, unsentPolicy: 'skip', tcpNoDelay: false }
    expect(read(...args)).toMatchObject(expected)
  })

  it('reads a flag without a value as true', () => {
    expect(read('--web-status', '--fail-by-drop')).toMatchObject({ webStatus: true, failByDrop: true })
  })

  it('leaves out values that are not protocol options', () => {
    expect(protocolOptionsIn({ port: 9000, webStatus: true })).toEqual({ webStatus: true })
  })

  for (const [flag, value, wanted] of [
    ['--auto-ping-size', '3', 'It must be a whole number from 4 to 125.'],
    ['--max-frame-payload-size', '1.5', 'It must be a whole number of octets.'],
    ['--max-frame-payload-size', '-1', 'It must be a whole number of octets.'],
    ['--open-handshake-timeout', 'soon', 'It must be a number of seconds'],
    ['--unsent-policy', 'hope', "It must be 'drop', 'skip' or 'throw'."],
    ['--web-status', 'yes', 'It must be true or false.'],
    ['--max-handshake-size', '', 'It must be a whole number above 0.'],
  ] as const) {
    it(`refuses ${flag} ${JSON.stringify(value)} with the rule of the option`, () => {
      expect(() => read(`${flag}=${value}`)).toThrow(wanted)
      expect(() => read(`${flag}=${value}`)).toThrow(CommanderError)
    })
  }
})

function read(...args: readonly string[]): object {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  for (const flag of optionFlags()) command.addOption(flag)
  return protocolOptionsIn(command.parse(args, { from: 'user' }).opts())
}

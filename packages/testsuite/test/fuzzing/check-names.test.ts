import { describe, expect, it } from 'vitest'
import { checkNames } from '../../src/fuzzing/check-names.ts'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import { massConnect } from '../../src/fuzzing/mass-connect.ts'
import { testeeClient } from '../../src/testees/testee-client.ts'
import { testeeServer } from '../../src/testees/testee-server.ts'

describe('checkNames', () => {
  it('accepts known names', () => {
    expect(() => checkNames<{ url?: string }>({}, { url: true }, 'it')).not.toThrow()
    expect(() => checkNames<{ url?: string }>({ url: 'a' }, { url: true }, 'it')).not.toThrow()
  })
})

describe('an object of options', () => {
  for (const [name, call, misspelt, meant] of [
    ['fuzzingServer', options => fuzzingServer(options), 'outDir', 'outdir'],
    ['fuzzingClient', options => fuzzingClient(options), 'server', 'servers'],
    ['massConnect', options => massConnect(options), 'atonce', 'atOnce'],
    ['testeeClient', options => testeeClient(options), 'concurency', 'concurrency'],
    ['testeeServer', options => testeeServer(options), 'prot', 'port'],
  ] as readonly (readonly [string, (options: never) => Promise<unknown>, string, string])[]) {
    it(`${name}: refuses ${misspelt} and suggests ${meant}`, async () => {
      await expect(call({ [misspelt]: 1 } as never)).rejects.toThrow(`did you mean ${meant}?`)
    })

    it(`${name}: refuses a value by position and names the options, or writes them`, async () => {
      for (const value of ['ws://127.0.0.1', 9001, null, [1]])
        await expect(call(value as never)).rejects.toThrow(/ must be an object( \(with |, and not 9001: write \{ port: 9001 \}$)/)
    })
  }
})

import { describe, expect, it } from 'vitest'
import { BadConfig, readClientConfig, readServerConfig } from '../../src/fuzzing/config.ts'

describe('readClientConfig', () => {
  it('reads a file of the Autobahn Testsuite', () => {
    const text = `{
      "outdir": "./reports/servers",
      "options": {"failByDrop": false},
      "servers": [{"agent": "Mine", "url": "ws://127.0.0.1:9001", "options": {"version": 18}}],
      "cases": ["*"], "exclude-cases": ["9.*"], "exclude-agent-cases": {"Mine*": ["7.1.6"]}
    }`
    expect(readClientConfig(text)).toEqual({
      outdir: './reports/servers',
      servers: [{ agent: 'Mine', url: 'ws://127.0.0.1:9001', options: { version: 18 } }],
      cases: ['*'],
      excludeCases: ['9.*'],
      excludeAgentCases: { 'Mine*': ['7.1.6'] },
    })
  })

  it('uses defaults for missing names', () => {
    expect(readClientConfig('{"servers": [{"url": "ws://localhost:80/x"}]}')).toEqual({
      servers: [{ url: 'ws://localhost:80/x' }],
      cases: ['*'],
      excludeCases: [],
      excludeAgentCases: {},
    })
  })

  it('reads host, origin and subprotocols of a server, and ignores null', () => {
    const server = { url: 'ws://x', agent: null, hostname: 'h', origin: 'http://o', protocols: ['a', 'b'] }
    expect(readClientConfig(JSON.stringify({ servers: [server] })).servers).toEqual([
      { url: 'ws://x', hostname: 'h', origin: 'http://o', protocols: ['a', 'b'] },
    ])
  })

  it.each([
    ['{', 'this is not JSON'],
    ['[]', 'must be a JSON object'],
    ['{}', 'servers must be a list'],
    ['{"servers": []}', 'servers must be a list'],
    ['{"servers": [1]}', 'servers[0] must be an object'],
    ['{"servers": [{"url": "http://x"}]}', 'servers[0].url must be an address'],
    ['{"servers": [{"url": "ws://x", "agent": 1}]}', 'servers[0].agent must be one line of text, not 1'],
    ['{"servers": [{"url": "ws://x", "origin": "a\\r\\nb"}]}', 'servers[0].origin must be one line of text'],
    ['{"servers": [{"url": "ws://x", "hostname": ""}]}', 'servers[0].hostname must be one line of text, not ""'],
    ['{"servers": [{"url": "ws://x", "protocols": ["a b"]}]}', 'servers[0].protocols must be a list of tokens, not ["a b"]'],
    ['{"servers": [{"url": "ws://x", "protocols": "a"}]}', 'servers[0].protocols must be a list of tokens'],
    ['{"servers": [{"url": "ws://x", "options": 1}]}', 'servers[0].options must be an object'],
    ['{"servers": [{"url": "ws://x", "options": {"version": "x"}}]}', 'version must be a whole number'],
    ['{"servers": [{"url": "ws://x"}], "cases": "*"}', 'cases must be a list'],
    ['{"servers": [{"url": "ws://x"}], "exclude-cases": [1]}', 'exclude-cases must be a list'],
    ['{"servers": [{"url": "ws://x"}], "exclude-agent-cases": []}', 'exclude-agent-cases must be an object'],
    ['{"servers": [{"url": "ws://x"}], "exclude-agent-cases": {"a": 1}}', 'exclude-agent-cases.a must be a list'],
    ['{"servers": [{"url": "ws://x"}], "outdir": 1}', 'outdir must be the name'],
  ])('describes the fault of %s', (text, message) => {
    expect(() => readClientConfig(text)).toThrow(BadConfig)
    expect(() => readClientConfig(text)).toThrow(message)
  })
})

describe('readServerConfig', () => {
  it('reads an address, and accepts a file without one', () => {
    expect(readServerConfig('{"url": "ws://127.0.0.1:9001"}').url).toBe('ws://127.0.0.1:9001')
    expect(readServerConfig('{}').url).toBeUndefined()
    expect(readServerConfig('{"url": "wss://a", "cert": "c.pem", "key": "k.pem"}')).toMatchObject({ cert: 'c.pem', key: 'k.pem' })
    expect(() => readServerConfig('{"url": 9001}')).toThrow('url must be an address')
  })
})

describe('unknown keys', () => {
  const warningsOf = (read: typeof readClientConfig | typeof readServerConfig, config: object): string[] => {
    const warnings: string[] = []
    read(JSON.stringify(config), message => warnings.push(message))
    return warnings
  }

  it('are a warning with the probable name', () => {
    expect(warningsOf(readServerConfig, { url: 'ws://a', 'exclude-case': [], colour: 1 })).toEqual([
      'unknown key exclude-case of the configuration; did you mean exclude-cases?',
      expect.stringContaining('unknown key colour of the configuration; known names are url, cert, key, ca, outdir, cases'),
    ])
    const server = { url: 'ws://a', agnet: 'x', options: { versoin: 13 } }
    expect(warningsOf(readClientConfig, { servers: [server] })).toEqual([
      'unknown key agnet of servers[0]; did you mean agent?',
      'unknown key versoin of servers[0].options; did you mean version?',
    ])
  })

  it('are not a warning if the Autobahn Testsuite has them for other tools', () => {
    expect(warningsOf(readClientConfig, { options: { failByDrop: false }, outdir: 'x', servers: [{ url: 'ws://a' }] })).toEqual([])
  })
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

describe('docs/defaults.md', () => {
  it('agrees with the option tables; if not, run: npm run build && node scripts/write-defaults.mjs', () => {
    expect(page).toBe(printed('defaults.md'))
  })

  it('names every option of the API of AutobahnPython, as an option or as left out', () => {
    expect([...protocolOptions, ...factoryParameters].filter(name => !page.includes(`| \`${name}\``))).toEqual([])
  })
})

describe.each(['wamp-defaults.md', 'wamp-v1.md'])('docs/%s', name => {
  it('agrees with the option tables of WAMP; if not, run the same command', () => {
    expect(readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')).toBe(printed(name))
  })
})

/** The options of AutobahnPython's `setProtocolOptions`, from 0.5 to today, servers and clients. */
const protocolOptions = [
  'version',
  'versions',
  'allowHixie76',
  'webStatus',
  'utf8validateIncoming',
  'requireMaskedClientFrames',
  'maskServerFrames',
  'acceptMaskedServerFrames',
  'maskClientFrames',
  'applyMask',
  'maxFramePayloadSize',
  'maxMessagePayloadSize',
  'autoFragmentSize',
  'failByDrop',
  'echoCloseCodeReason',
  'openHandshakeTimeout',
  'closeHandshakeTimeout',
  'serverConnectionDropTimeout',
  'tcpNoDelay',
  'perMessageCompressionAccept',
  'perMessageCompressionOffers',
  'autoPingInterval',
  'autoPingTimeout',
  'autoPingSize',
  'autoPingRestartOnAnyTraffic',
  'serveFlashSocketPolicy',
  'flashSocketPolicy',
  'allowedOrigins',
  'allowNullOrigin',
  'maxConnections',
  'trustXForwardedFor',
]

/** The further parameters of AutobahnPython's factories. */
const factoryParameters = [
  'url',
  'protocol',
  'protocols',
  'server',
  'headers',
  'externalPort',
  'origin',
  'useragent',
  'proxy',
  'trackTimings',
  'debug',
  'debugCodePaths',
  'logOctets',
  'logFrames',
  'reactor',
]

const page = readFileSync(new URL('../docs/defaults.md', import.meta.url), 'utf8')

function printed(name: string): string {
  const script = fileURLToPath(new URL('../scripts/write-defaults.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--print', name], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

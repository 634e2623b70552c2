import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonSchema, pinoLog, RouterProgram, readConfig, readCrossbarConfig } from '@autobahn-ts/router/program'
import { connect, ticket } from '@autobahn-ts/wamp'
import { transformSync } from 'esbuild'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { PatternTable } from '../packages/router/src/patterns/pattern-table.ts'
import { metricsOf } from '../packages/router/src/program/metrics.ts'
import { defaultRealmLimits } from '../packages/router/src/realm/realm-limits.ts'
import { welcome } from '../packages/router/src/realm/welcome.ts'
import { clientRoles } from '../packages/wamp/src/session/client-roles.ts'
import { endPrograms, freePort, Program } from './program.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'wamp-documents-'))

const documents = [
  'docs/wamp.md',
  'docs/wamp-from-autobahn-js.md',
  'docs/router.md',
  'docs/router-operations.md',
  'docs/router-authentication.md',
  'docs/router-authorisation.md',
  'docs/router-patterns.md',
  'docs/router-from-crossbar.md',
] as const

const routers: RouterProgram[] = []

afterEach(endPrograms)
afterEach(() => Promise.all(routers.splice(0).map(router => router.close())))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the documents of WAMP version 2', { timeout: 60_000 }, () => {
  it.each(documents)('link to files that exist: %s', document => {
    const links = [...read(document).matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link as string)
    expect(links.filter(link => !link.includes('://') && !existsSync(join(root, dirname(document), link)))).toEqual([])
  })

  it('have configs without mistakes', () => {
    const configs = documents.flatMap(document => blocksOf(document, 'yaml'))
    expect(configs.length).toBeGreaterThan(0)
    for (const { name, text } of configs) expect(Object.keys(readConfig(text, name).realms)).not.toEqual([])
  })

  it('have programs that a compiler takes', () => {
    const programs = [...documents, 'packages/router/README.md'].flatMap(document => blocksOf(document, 'ts'))
    for (const { name, text } of programs) writeFileSync(join(folder, name), text)
    const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, types: ['node'], noEmit: true, skipLibCheck: true }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: programs.map(({ name }) => name) }))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })
})

describe("the router's README", { timeout: 60_000 }, () => {
  const readme = 'packages/router/README.md'

  it('begins with a router in a program', async () => {
    const port = await freePort()
    const program = started(readme, 'first.ts', { 8080: port })
    await program.printed(/ws:\/\/127/)
    const client = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1', reconnect: false })
    expect(await client.call('com.example.add', [2, 3])).toBe(5)
    await client.close()
  })

  it('has a router with realms of its own', async () => {
    vi.stubEnv('TICKET', 'a ticket')
    expect(await started(readme, 'realms.ts', {}).output()).toBe('')
    vi.unstubAllEnvs()
  })

  it('has listeners, of which one also serves files and requests without WAMP', async () => {
    const [port, site] = [await freePort(), await freePort()]
    const urls = await started(readme, 'listening.ts', { 8080: port }).printed(/ws:.*lp/)
    expect(urls).toContain(`ws://127.0.0.1:${port}, rs://127.0.0.1:${port}, http://127.0.0.1:${port}/lp`)
    mkdirSync(join(folder, 'public'))
    writeFileSync(join(folder, 'public/hello.txt'), 'hello')
    vi.stubEnv('REST_SECRET', 'a secret')
    started(readme, 'rest.ts', { 8080: site })
    const get = (path: string) => fetch(`http://127.0.0.1:${site}${path}`).then(async answer => [answer.status, await answer.text()])
    await expect.poll(() => get('/hello.txt').catch(() => []), { timeout: 20_000 }).toEqual([200, 'hello'])
    expect((await get('/nothing'))[0]).toBe(404)
    expect((await fetch(`http://127.0.0.1:${site}/publish`, { method: 'POST', body: '{}' })).status).toBe(400)
    vi.unstubAllEnvs()
  })

  it('has a link to another router', async () => {
    const auth = { ticket: { users: { 'site-a': { ticket: 'a ticket', role: 'site' } } } }
    const permissions = [{ uri: 'com.example.', match: 'prefix', allow: everything }] as const
    const port = await running({ realms: { realm1: { auth, roles: { site: { link: true, permissions } } } } })
    vi.stubEnv('LINK_TICKET', 'a ticket')
    const program = started(readme, 'linked.ts', {}, code => code.replace('wss://wamp.example.com', `ws://127.0.0.1:${port}`))
    await program.printed(/^true \{\s+sent: 0,\s+received: 0,\s+dropped: 0,\s+callsSent: 0,\s+callsReceived: 0,\s+callsRefused: 0\s+\}/)
    vi.unstubAllEnvs()
  })

  it('has a router in memory', async () => {
    expect(await started(readme, 'in-memory.ts', {}).output()).toBe('')
  })

  it('has no program without a name, which would not be tested', () => {
    expect(blocksOf(readme, 'ts')).toHaveLength(read(readme).split('```ts\n').length - 1)
  })

  it('links to files that exist', () => {
    const links = [...read(readme).matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link as string)
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(link => !existsSync(join(root, dirname(readme), link)))).toEqual([])
  })
})

describe('the page of the router', { timeout: 60_000 }, () => {
  it('explains every option of a config', () => {
    const { properties } = jsonSchema() as unknown as Schema
    const realm = properties.realms?.additionalProperties?.properties ?? {}
    const listener = properties.listeners?.items?.properties ?? {}
    const options = [properties, realm, listener].flatMap(each => Object.keys(each))
    expect(options.length).toBeGreaterThan(15)
    expect(options.filter(option => !read('docs/router.md').includes(`\n| \`${option}\` |`))).toEqual([])
  })

  it('has a config with which a router starts', async () => {
    const port = await routing('docs/router.md', 'router.yaml')
    const client = await connect(`ws://127.0.0.1:${port}`, { realm: 'com.example.shop', auth: ticket('backend', 'a-long-random-text') })
    expect(client.session).toMatchObject({ authrole: 'service' })
    await client.close()
  })

  it('explains every series of the metrics, and no other', () => {
    const series = [...metricsOf([]).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    const page = read('docs/router-operations.md')
    const told = [...page.matchAll(/`((wamp|process|nodejs)_\w+)`/g)].map(([, name]) => name)
    expect(new Set(told)).toEqual(new Set(series))
  })

  it('has a role that sees everything and ends nothing', async () => {
    const url = `ws://127.0.0.1:${await routing('docs/router-operations.md', 'watching.yaml')}`
    const guest = await connect(url, { realm: 'realm1', reconnect: false })
    const auth = ticket('operator', 'another-long-random-text')
    const operator = await connect(url, { realm: 'realm1', reconnect: false, auth })
    const id = guest.session?.id as number
    expect(await operator.untyped.call('wamp.session.get_traffic')).toMatchObject({ sessions: 2 })
    expect(await operator.untyped.call('wamp.session.list')).toContain(id)
    const ends = ['kill', 'kill_by_authid', 'kill_by_authrole', 'kill_all'].map(name => `wamp.session.${name}`)
    for (const procedure of [...ends, 'wamp.subscription.remove_subscriber', 'wamp.registration.remove_callee'])
      await expect(operator.untyped.call(procedure, [id, id])).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    for (const procedure of ['wamp.session.get_traffic', 'wamp.session.trace'])
      await expect(guest.untyped.call(procedure, [operator.session?.id])).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await Promise.all([guest.close(), operator.close()])
  })

  it('has a session that goes on over another connection', async () => {
    const port = await routing('docs/router.md', 'resuming.yaml')
    const connections: Socket[] = []
    const network = createServer(socket => {
      const onward = dial(port, '127.0.0.1')
      connections.push(
        socket.on('error', () => {}),
        onward.on('error', () => {}),
      )
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>(resolve => network.listen(0, '127.0.0.1', resolve))
    const program = started('docs/router.md', 'resuming.ts', { 8080: (network.address() as AddressInfo).port })
    await program.printed(/ready/)
    const other = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1', reconnect: false })
    for (const socket of connections.splice(0)) socket.resetAndDestroy()
    other.publish('com.example.tick', [7])
    await program.printed(/keeps the session for 30 s/)
    await program.printed(/session \d+ goes on/)
    await program.printed(/tick 7/)
    await other.close()
    for (const socket of connections) socket.destroy()
    network.close()
  })

  it('has a router in a program, which ends when it is asked to', async () => {
    const [port, site] = [await freePort(), await freePort()]
    const program = started('docs/router.md', 'embedded.ts', { 8080: port, 8081: site })
    await program.printed(/ready/)
    for (const url of [`ws://127.0.0.1:${port}`, `ws://127.0.0.1:${site}/ws`]) {
      const client = await connect(url, { realm: 'realm1', reconnect: false })
      expect(await client.call('com.example.add', [2, 3])).toBe(5)
      await client.close()
    }
    expect(await program.terminate()).toBe(0)
  })
})

describe('the page on authentication', { timeout: 60_000 }, () => {
  const page = 'docs/router-authentication.md'

  it('has users who can join as it says', async () => {
    const port = await routing(page, 'users.yaml')
    expect(await started(page, 'logins.ts', { 8080: port }).output()).toBe(printedBy(page, 'logins.ts'))
  })

  it('has a program that finds users for the router', async () => {
    const port = await routing(page, 'procedure.yaml')
    await started(page, 'authenticator.ts', { 8080: port }).printed(/ready/)
    const options = { realm: 'realm1', reconnect: false } as const
    const client = await connect(`ws://127.0.0.1:${port}`, { ...options, auth: ticket('ada', 'token of ada') })
    expect(client.session).toMatchObject({ authid: 'ada', authrole: 'user', details: { authextra: { since: 2026 } } })
    await expect(client.call('com.example.authenticate', ['realm1', 'ben', {}])).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await client.close()
    await expect(connect(`ws://127.0.0.1:${port}`, { ...options, auth: ticket('ada', 'token of ben') })).rejects.toThrow()
  })

  it('explains every method', () => {
    const { properties } = jsonSchema() as unknown as Schema
    const methods = Object.keys(properties.realms?.additionalProperties?.properties?.auth?.properties ?? {})
    expect(methods.length).toBe(7)
    expect(methods.filter(method => !read(page).includes(`\n| \`${method}\` |`))).toEqual([])
  })
})

describe('the page on authorisation', { timeout: 60_000 }, () => {
  const page = 'docs/router-authorisation.md'

  it('has roles that allow and deny what it says', async () => {
    const port = await routing(page, 'roles.yaml')
    expect(await started(page, 'guest.ts', { 8080: port }).output()).toBe(printedBy(page, 'guest.ts'))
  })

  it('has an authorizer that decides by name', async () => {
    const port = await routing(page, 'authorizer.yaml')
    await started(page, 'authorizer.ts', { 8080: port }).printed(/ready/)
    for (const [name, may] of [
      ['ada', true],
      ['ben', false],
    ] as const) {
      const client = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1', auth: ticket(name, name) })
      const publishing = client.publish('com.user.ada.mood', ['good'], {}, { acknowledge: true })
      if (may) expect(await publishing).toBeTypeOf('number')
      else await expect(publishing).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
      await client.close()
    }
  })

  it('explains every option of roles and rules', () => {
    const { properties } = jsonSchema() as unknown as Schema
    const role = properties.realms?.additionalProperties?.properties?.roles?.additionalProperties?.properties ?? {}
    const options = [role, role.permissions?.items?.properties ?? {}].flatMap(each => Object.keys(each))
    expect(options.length).toBe(9)
    expect(options.filter(option => !read(page).includes(`\n| \`${option}\` |`))).toEqual([])
  })
})

describe('the page on patterns', { timeout: 60_000 }, () => {
  const page = 'docs/router-patterns.md'
  const rows = (head: string): string[][] => {
    const [, ...lines] = (read(page).split(`| ${head} |`)[1] ?? '').split('\n\n')[0]?.split('\n') ?? []
    return lines.slice(1).map(line => [...line.split('|').slice(1, -1)].map(cell => cell.trim().replaceAll('`', '')))
  }

  it('says which registration a call goes to', () => {
    const table = new PatternTable<string>()
    for (const [match, uri = ''] of rows('match | registered as')) table.add(match as 'exact', uri, uri)
    const calls = rows('a call of | goes to | because')
    expect(calls.length).toBe(7)
    expect(calls.map(([uri = '']) => [uri, table.best(uri) ?? 'nobody'])).toEqual(calls.map(([uri, winner]) => [uri, winner]))
  })

  it('says which names a pattern matches', () => {
    const kinds = rows('`match` | the name must | `com.shop.order` as a pattern matches | and not')
    expect(kinds.map(([kind]) => kind?.split(',')[0])).toEqual(['exact', 'prefix', 'wildcard'])
    for (const [kind = '', , matched = '', other = ''] of kinds) {
      const table = new PatternTable<string>()
      table.add(kind.split(',')[0] as 'exact', 'com.shop.order', 'it')
      for (const name of matched.split(', ')) expect({ kind, name, found: table.best(name) }).toEqual({ kind, name, found: 'it' })
      for (const name of other.split(', ')) expect({ kind, name, found: table.best(name) }).toEqual({ kind, name, found: undefined })
    }
    const wildcard = new PatternTable<string>()
    wildcard.add('wildcard', 'com.shop..changed', 'it')
    for (const name of ['com.shop.order.changed', 'com.shop.stock.changed']) expect(wildcard.best(name)).toBe('it')
    for (const name of ['com.shop.changed', 'com.shop.order.item.changed']) expect(wildcard.best(name)).toBeUndefined()
  })

  it('says what the limits are', () => {
    const { maxPatterns, maxComponents, maxEmptyComponents, maxDeliveries } = defaultRealmLimits
    expect([maxPatterns, maxComponents, maxEmptyComponents, maxDeliveries]).toEqual([100, 32, 4, 50])
    expect(read(page)).toContain('| 100 registrations and 100 subscriptions (`maxPatterns`) |')
    expect(read(page)).toContain('| at most 32 components, and 4 of them empty (`maxComponents`, `maxEmptyComponents`) |')
    expect(read(page)).toContain('| 50 (`maxDeliveries`) |')
  })

  it('has a program that prints what it says', async () => {
    const port = await running({ realms: { realm1: {} } })
    expect(await started(page, 'patterns.ts', { 8080: port }).output()).toBe(printedBy(page, 'patterns.ts'))
  })

  it('names procedures of the router that are there', async () => {
    const port = await running({
      realms: {
        realm1: {
          roles: {
            anonymous: {
              permissions: [
                { uri: '', match: 'prefix', allow: everything },
                { uri: 'wamp.', match: 'prefix', allow: everything },
              ],
            },
          },
        },
      },
    })
    const client = (await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1', reconnect: false })).untyped
    await client.register('com.shop.', () => 1, { match: 'prefix' })
    await client.subscribe('com.shop.', () => {}, { match: 'prefix' })
    expect(await client.call('wamp.registration.match', ['com.shop.open'])).toBeTypeOf('number')
    expect(await client.call('wamp.subscription.match', ['com.shop.open'])).toHaveLength(1)
    for (const of of ['registration', 'subscription'])
      expect(await client.call(`wamp.${of}.list`, [])).toMatchObject({ exact: [], prefix: [expect.any(Number)], wildcard: [] })
    await client.close()
  })
})

const everything = { call: true, register: true, publish: true, subscribe: true }

describe('the page on moving from Crossbar', () => {
  const page = read('docs/router-from-crossbar.md')

  it('lists what has no effect in the config that it shows', () => {
    const config = /^```json\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
    const { ignored } = readCrossbarConfig(config, 'config.json')
    const told = /^has no effect in these places:\n\n```\n([\s\S]*?)^```$/m.exec(page)?.[1]
    expect(ignored.map(({ line, column, message }) => `${line}:${column} ${message}\n`).join('')).toBe(told)
  })
})

describe('the page on moving from autobahn-js and wampy', { timeout: 60_000 }, () => {
  const page = 'docs/wamp-from-autobahn-js.md'

  it('has a program that prints what it says', async () => {
    const everything = { uri: 'com.', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } } as const
    const auth = { ticket: { users: { ada: { ticket: 'token', role: 'user' } } } }
    const port = await running({ realms: { realm1: { auth, roles: { user: { permissions: [everything] } } } } })
    expect(await started(page, 'moved.ts', { 8080: port }).output()).toBe(printedBy(page, 'moved.ts'))
  })

  it('has in its tables only code that stands in the program', () => {
    const program = blocksOf(page, 'ts')[0]?.text ?? ''
    const rows = read(page)
      .split('\n')
      .filter(line => line.startsWith('| ') && !line.endsWith('| here |'))
    const codes = rows.flatMap(row => [...(row.split(' | ')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code as string))
    expect(codes.length).toBeGreaterThan(25)
    const pieces = codes.flatMap(code => code.split('…').map(piece => ({ code, piece: piece.replaceAll(/\s/g, '') })))
    const plain = program.replaceAll(/\s/g, '')
    const names = ['wampcra', 'scram', 'cryptosign']
    expect(pieces.filter(({ piece }) => !plain.includes(piece.replace(/\)$/, '')) && !names.includes(piece))).toEqual([])
  })
})

describe('the matrix of features', () => {
  const rows = read('docs/wamp.md')
    .split('\n')
    .filter(line => line.split('|').length === 17 && !line.startsWith('|--') && !line.startsWith('| feature'))
    .map(line => line.split('|').map(cell => cell.trim()))
    .map(([, feature, flag, client, router, ...others]) => ({ feature, flag, client, router, shown: others.at(-2) as string }))

  it('has a test for all that we have, and a reason for all that we have not', () => {
    expect(rows.length).toBe(74)
    for (const { feature, client, router, shown } of rows) {
      const has = [client, router]
      if (has.includes('yes') || has.includes('part'))
        expect({ feature, shown }).toMatchObject({ shown: expect.stringMatching(/\.test\.ts\)/) })
      if (has.includes('no') || has.includes('part'))
        expect({ feature, isReasoned: /[a-z]{3}/.test(shown.replace(/\[.*\)/, '')) }).toEqual({ feature, isReasoned: true })
    }
  })

  it('agrees with what router and client announce', () => {
    const told = (side: 'client' | 'router', word: string) =>
      rows.filter(row => row[side] === word).map(({ flag }) => flag?.replaceAll('`', ''))
    const facts = { session: 1, authid: 'ada', authrole: 'user', authmethod: 'ticket' }
    const { roles: routerRoles } = welcome('realm1', 'test', facts as Parameters<typeof welcome>[2])[2]
    const announced = (roles: object): string[] => Object.values(roles).flatMap(({ features }) => Object.keys(features))
    expect(announced(routerRoles).filter(flag => !told('router', 'yes').includes(flag))).toEqual([])
    expect(announced(clientRoles).filter(flag => !told('client', 'yes').includes(flag))).toEqual([])
    expect(announced(routerRoles).filter(flag => told('router', 'no').includes(flag))).toEqual([])
  })
})

interface Schema {
  readonly properties: Readonly<
    Record<string, Partial<Schema> & { readonly additionalProperties?: Partial<Schema>; readonly items?: Partial<Schema> }>
  >
}

interface Block {
  readonly name: string
  readonly text: string
}

function read(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

/** Returns the blocks of a language, whose first line is a comment with a name. */
function blocksOf(document: string, language: 'ts' | 'yaml'): readonly Block[] {
  const text = read(document)
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(?://|#) (\\S+)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  if (document.startsWith('docs/')) expect(blocks.length).toBe(text.split(`\`\`\`${language}\n`).length - 1)
  return blocks.map(([, name = '', code = '']) => ({ name, text: code }))
}

/** Runs a router by a config of a document, on a free port. Returns the port. */
async function routing(document: string, name: string): Promise<number> {
  const block = blocksOf(document, 'yaml').find(each => each.name === name)
  if (block === undefined) throw new Error(`${document} has no config ${name}`)
  return running(readConfig(block.text, name))
}

async function running(config: ReturnType<typeof readConfig>): Promise<number> {
  const router = await RouterProgram.start({ ...config, listeners: [{ port: 0 }] }, pinoLog('silent'))
  routers.push(router)
  return router.listeners[0]?.port as number
}

/** Returns the text that a document says a program prints. */
function printedBy(document: string, name: string): string {
  const rest = read(document).split(`// ${name}\n`)[1] ?? ''
  return /^prints\n\n```\n([\s\S]*?)^```$/m.exec(rest)?.[1] ?? ''
}

/** Starts a program of a document, with other ports, because those that are printed may be in use here. */
function started(
  document: string,
  name: string,
  ports: Readonly<Record<number, number>>,
  change: (code: string) => string = code => code,
): Program {
  const block = blocksOf(document, 'ts').find(each => each.name === name)
  if (block === undefined) throw new Error(`${document} has no program ${name}`)
  const code = change(block.text).replaceAll(/\b\d{4}\b/g, digits => String(ports[Number(digits)] ?? digits))
  const file = join(folder, name.replace('.ts', '.mjs'))
  writeFileSync(file, transformSync(code, { loader: 'ts', target: 'es2022' }).code)
  return new Program(file, [], folder)
}

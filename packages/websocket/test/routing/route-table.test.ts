import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { PathPattern } from '../../src/routing/path-pattern.ts'
import { RouteTable } from '../../src/routing/route-table.ts'

describe('RouteTable', () => {
  it('finds nothing where nothing matches', () => {
    const find = tableOf('/room/:id', '/files/*', '/about')
    for (const path of ['/', '/room', '/room/', '/room/a/', '/room/a/b', '/files', '/about/', '/ABOUT', '/r%6Fom/a', '//room/a']) {
      expect(find(path), path).toBeUndefined()
    }
  })

  it('takes one segment for a parameter, which is not empty, and any rest for a star', () => {
    const find = tableOf('/room/:id', '/room/:id/log', '/files/*', '/x/*name')
    expect({
      room: find('/room/a'),
      log: find('/room/a/log'),
      file: find('/files/a/b/c'),
      slash: find('/files/'),
      named: find('/x/y'),
    }).toEqual({ room: '/room/:id', log: '/room/:id/log', file: '/files/*', slash: '/files/*', named: '/x/*name' })
  })

  it('prefers text to a parameter, and a parameter to the rest, from the left', () => {
    const find = tableOf('*', '/:a', '/me', '/:a/log', '/me/*', '/me/:b/:c', '/me/:b/log')
    expect({
      text: find('/me'),
      param: find('/you'),
      later: find('/me/log'),
      deeper: find('/me/x/log'),
      both: find('/me/x/y'),
      other: find('/you/log'),
      rest: find('/you/x'),
    }).toEqual({
      text: '/me',
      param: '/:a',
      later: '/me/*',
      deeper: '/me/:b/log',
      both: '/me/:b/:c',
      other: '/:a/log',
      rest: '*',
    })
  })

  it('tries the next branch where the better one leads to no route', () => {
    const find = tableOf('/a/b/c', '/a/:x/d', '/:y/b/e', '/a/*')
    expect({ param: find('/a/b/d'), first: find('/x/b/e'), rest: find('/a/b/e') }).toEqual({
      param: '/a/:x/d',
      first: '/:y/b/e',
      rest: '/a/*',
    })
  })

  it('has the star for everything, also where the path is empty', () => {
    const find = tableOf('*')
    for (const path of ['/', '/a/b', '']) expect(find(path)).toBe('*')
  })

  it.each([
    ['/a', '/a'],
    ['/room/:id', '/room/:name'],
    ['/f/*', '/f/*rest'],
    ['*', '/*'],
  ])('refuses routes that match the same paths: %s and %s', (one, other) => {
    expect(() => tableOf(one, other)).toThrow(ApiMisuse)
    expect(() => tableOf(one, other)).toThrow(`routes ${one} and ${other} match the same paths`)
  })

  it('finds names that every object has only where they are routes', () => {
    expect(tableOf('/:a/b')('/constructor')).toBeUndefined()
    expect(tableOf('/__proto__/:a')('/__proto__/b')).toBe('/__proto__/:a')
  })

  it('takes linear time for a path of many slashes', () => {
    const find = tableOf(...Array.from({ length: 12 }, (_, many) => asPattern([[...Array(many).fill(['a', ':']).flat(), 'end'], false])))
    expect(find(`/${'a/'.repeat(30_000)}`)).toBeUndefined()
    expect(find('/'.repeat(60_000))).toBeUndefined()
  })

  it('finds the route that a search through all routes finds', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const part = fc.oneof({ weight: 3, arbitrary: name }, { weight: 2, arbitrary: fc.constant(':') }, fc.constant(''))
    const route = fc.tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean())
    const routes = fc.uniqueArray(route.map(asPattern), { maxLength: 12 })
    const path = fc
      .array(fc.oneof({ weight: 4, arbitrary: name }, fc.constant('')), { minLength: 1, maxLength: 5 })
      .map(parts => `/${parts.join('/')}`)
    fc.assert(
      fc.property(routes, fc.array(path, { minLength: 1, maxLength: 10 }), (patterns, paths) => {
        const find = tableOf(...patterns)
        for (const each of paths) expect(find(each), each).toBe(bestOf(patterns, each))
      }),
      { numRuns: 1000 },
    )
  })
})

function tableOf(...routes: string[]): (path: string) => string | undefined {
  const table = new RouteTable<string>()
  for (const route of routes) table.add(new PathPattern(route), route)
  return path => table.find(path)
}

/** Writes parts as a pattern, `:` being a parameter, with or without a star behind them. */
function asPattern([parts, hasRest]: readonly [readonly string[], boolean]): string {
  const named = parts.map((part, at) => (part === ':' ? `:p${at}` : part))
  return `/${[...named, ...(hasRest ? ['*'] : [])].join('/')}`
}

/** Finds the best route by regular expressions: of those that match, the first by the kinds of their segments. */
function bestOf(routes: readonly string[], path: string): string | undefined {
  const matching = routes.filter(route => expressionOf(route).test(path))
  return matching.sort((a, b) => (ranked(a) < ranked(b) ? -1 : 1))[0]
}

function expressionOf(route: string): RegExp {
  const parts = route.slice(1).split('/')
  return new RegExp(`^${parts.map(part => (part === '*' ? '/.*' : part.startsWith(':') ? '/[^/]+' : `/${part}`)).join('')}$`)
}

function ranked(route: string): string {
  const parts = route.slice(1).split('/')
  return parts.map(part => (part === '*' ? '2' : part.startsWith(':') ? '1' : '0')).join('')
}

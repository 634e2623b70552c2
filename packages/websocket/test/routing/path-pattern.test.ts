import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HttpException } from '../../src/handshake/http/http-exception.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { PathPattern } from '../../src/routing/path-pattern.ts'

describe('PathPattern', () => {
  it('reads text, parameters, and the rest at the end', () => {
    expect(new PathPattern('/room/:id/files/*').segments).toEqual([
      { kind: 'text', text: 'room' },
      { kind: 'param', name: 'id' },
      { kind: 'text', text: 'files' },
      { kind: 'rest', name: '*' },
    ])
    expect(new PathPattern('/*file').segments).toEqual([{ kind: 'rest', name: 'file' }])
    expect(new PathPattern('*').segments).toEqual([{ kind: 'rest', name: undefined }])
    expect(new PathPattern('/a/').segments).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'text', text: '' },
    ])
  })

  it('is fixed if it matches only its own text', () => {
    const fixed = ['/', '/a', '/a/b', '/a/', '//', "/a(b);c=d,e+f@g!$&'~"]
    expect(fixed.filter(text => !new PathPattern(text).isFixed)).toEqual([])
    const others = ['/:a', '/*', '*', '/a/:b', '/a/*b']
    expect(others.filter(text => new PathPattern(text).isFixed)).toEqual([])
  })

  it('has the shape of all patterns that match the same paths', () => {
    const shapes = ['*', '/', '/a', '/a/:b/c', '/a/:other/c', '/a/*', '/a/*rest', '/*'].map(text => new PathPattern(text).shape)
    expect(shapes).toEqual(['*', '/', '/a', '/a/:/c', '/a/:/c', '/a/*', '/a/*', '*'])
  })

  it.each([
    '/room/:',
    '/room/:1',
    '/room/:a-b',
    '/room/:größe',
    '/room/:id?',
    '/room/:id+',
    '/room/:id(\\d+)',
    '/room-:id',
    '/urn:x',
    '/*/a',
    '/*path/a',
    '/a*',
    '/**',
    '/*.js',
    '/{id}',
    '/[id]',
    '/<id>',
    '/(a|b)',
    '/a\\b',
    '/^a',
  ])('refuses what is not a pattern, and says what is: %s', text => {
    expect(() => new PathPattern(text)).toThrow(ApiMisuse)
    expect(() => new PathPattern(text)).toThrow(`route ${text} is not a pattern, because of "`)
    expect(() => new PathPattern(text)).toThrow('a segment is text, or :name (letters, digits and _)')
  })

  it('refuses what no request matches, and shows how requests have it', () => {
    expect(() => new PathPattern('/über uns')).toThrow(
      'route /über uns never matches: paths of requests are escaped, and have no query; write /%C3%BCber%20uns',
    )
    expect(() => new PathPattern('/a?b')).toThrow(/have no query$/)
    expect(() => new PathPattern('/a#b')).toThrow(/have no query$/)
    expect(() => new PathPattern('/\ud800')).toThrow(/have no query$/)
    expect(() => new PathPattern('room')).toThrow("route room must begin with a slash, or be '*'")
    expect(() => new PathPattern('**')).toThrow("must begin with a slash, or be '*'")
    expect(() => new PathPattern('')).toThrow('must begin with a slash')
  })

  it('refuses two parameters with one name', () => {
    expect(() => new PathPattern('/:a/:b/:a')).toThrow('route /:a/:b/:a has two parameters with the name a')
    expect(() => new PathPattern('/:a/*a')).toThrow('route /:a/*a has two parameters with the name a')
  })

  it('gives the parameters of a path, decoded', () => {
    expect(new PathPattern('/room/:id/:what').paramsOf('/room/a%20b/%C3%A4')).toEqual({ id: 'a b', what: 'ä' })
    expect(new PathPattern('/f/*').paramsOf('/f/a/b%2Fc/')).toEqual({ '*': 'a/b/c/' })
    expect(new PathPattern('/f/:a/*rest').paramsOf('/f/x/')).toEqual({ a: 'x', rest: '' })
    expect(new PathPattern('*').paramsOf('/f/x/')).toEqual({})
    expect(new PathPattern('/f').paramsOf('/f')).toEqual({})
  })

  it('keeps a plus, which is not a space in a path', () => {
    expect(new PathPattern('/:a').paramsOf('/1+1')).toEqual({ a: '1+1' })
  })

  it('has parameters of its own, whatever their names are', () => {
    const params = new PathPattern('/:__proto__/:constructor').paramsOf('/a/b')
    expect(Object.entries(params)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype)
  })

  it.each(['/room/%', '/room/%zz', '/room/%ff', '/room/%C3', '/room/%ED%A0%80'])(
    'refuses a parameter whose escapes are not UTF-8 with 400: %s',
    path => {
      const pattern = new PathPattern('/room/:id')
      for (const call of [() => pattern.check(path), () => pattern.paramsOf(path)]) {
        expect(call).toThrow(HttpException)
        expect(call).toThrow('400 path parameter id is not percent-encoded UTF-8')
      }
    },
  )

  it('does not decode text, which is compared as it was sent', () => {
    expect(() => new PathPattern('/%zz/:a').check('/%zz/b%20c')).not.toThrow()
    expect(() => new PathPattern('/room/:id').check('/room/a%20b')).not.toThrow()
  })

  it('gives each parameter back, however it was escaped', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), values => {
        const pattern = new PathPattern(`/x${values.map((_, at) => `/:p${at}`).join('')}`)
        const path = `/x${values.map(value => `/${encodeURIComponent(value)}`).join('')}`
        expect(Object.values(pattern.paramsOf(path))).toEqual(values)
      }),
    )
  })
})

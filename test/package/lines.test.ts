import { decode, encode } from '@jridgewell/sourcemap-codec'
import { minifySync } from 'rolldown/utils'
import { expect, it } from 'vitest'
import { inLines } from '../../scripts/package/lines.mjs'

const options = { compress: false, mangle: false, sourcemap: true } as const

const source = `
export function greet(name) {
  const parts = [
    'hello',
    name,
  ]
  if (name === undefined) return
  for (const part of parts) console.log(\`\${part}
    {\${name};
  \`)
  return { a: 1,
    b: 2 }
}
export class Greeter { #n = 1
  get n() { return this.#n }
}
`

it('begins a line where a statement begins one in the source', () => {
  const { code } = minified('a()\nif (b) {\n  c(d,\n    e)\n}\nf(); g()\n')
  expect(code).toBe('a();\nif(b){\nc(d,e)}\nf();g();')
})

it('begins no line for what can neither call nor throw', () => {
  const { code } = minified(
    'class A {\n  b\n  #c = 1\n  d() {\n    let e\n    if (this.f()) {\n      e = 2\n    }\n    return e\n  }\n}\nfunction g() {\n  return 1\n}\nthrow h\n',
  )
  expect(code).toBe('class A{b;#c=1;\nd(){let e;\nif(this.f()){e=2}return e}}\nfunction g(){return 1}\nthrow h;')
})

it.each([
  'a()',
  'throw b',
  'await c',
  'new D',
  'e.f',
  'g[h]',
  'class I {}',
  'async function j() {}',
  'let { k } = a',
  'l = a in m',
  'debugger',
])('begins a line for %s', statement => {
  const { code } = minified(`let a\n${statement}\n`)
  expect(code.split('\n').length).toBe(2)
})

it('changes nothing but white space: minified again, the code is the same', () => {
  const { code } = minified(source)
  expect(code.split('\n').length).toBeGreaterThan(8)
  expect(minifySync('again.js', code, options).code).toBe(minifySync('a.js', source, options).code)
})

it('leaves the text of a template as it is', () => {
  const { code } = minified(`const b = 1\nexport const text = \`a;\n{\${b}\n}c\`\nd()\n`)
  expect(code).toMatch(/`a;\n\{\$\{\n?b\}\n\}c`;\nd\(\);$/)
})

it('maps each line to the line of the source that it came from', () => {
  const { code, map } = minified(source)
  const places = decode(JSON.parse(map).mappings)
  const sourceLines = source.split('\n')
  const found = code.split('\n').map((text, index) => [text.slice(0, 8), sourceLines[places[index]?.[0]?.[2] ?? -1]?.trim().slice(0, 8)])
  expect(found).toEqual(
    expect.arrayContaining([
      ['const pa', 'const pa'],
      ['if(name=', 'if (name'],
      ['for(cons', 'for (con'],
      ['return{a', 'return {'],
      ['get n(){', 'get n() '],
    ]),
  )
})

it('keeps where each line comes from, and drops the other positions and the names', () => {
  const mappings = encode([
    [
      [0, 0, 4, 0],
      [2, 0, 4, 6, 0],
      [4, 0, 5, 2],
      [6, 1, 0, 0],
    ],
  ])
  const { code, map } = inLines(
    'aa;bbccdd',
    JSON.stringify({ version: 3, file: 'c.js', sources: ['a.ts', 'b.ts'], names: ['x'], mappings }),
  )
  expect(code).toBe('aa;bbccdd')
  const reduced = JSON.parse(map)
  expect({ ...reduced, mappings: decode(reduced.mappings) }).toEqual({
    version: 3,
    sources: ['a.ts', 'b.ts'],
    names: [],
    mappings: [[[0, 0, 4, 0]]],
  })
})

function minified(text: string): { readonly code: string; readonly map: string } {
  const { code, map } = minifySync('a.js', text, options)
  return inLines(code, JSON.stringify(map))
}

it('names the folder that all sources lie below once', () => {
  const map = (sources: readonly string[]): unknown =>
    JSON.parse(inLines('a()', JSON.stringify({ version: 3, names: [], mappings: 'AAAA', sources })).map)
  expect(map(['https://a.example/src/one/a.ts', 'https://a.example/src/other.ts'])).toMatchObject({
    sourceRoot: 'https://a.example/src/',
    sources: ['one/a.ts', 'other.ts'],
  })
  expect(map(['../src/a.ts'])).toMatchObject({ sourceRoot: '../src/', sources: ['a.ts'] })
  expect(map(['a.ts', '../b.ts'])).not.toHaveProperty('sourceRoot')
})

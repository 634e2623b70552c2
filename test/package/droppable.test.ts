import { build } from 'esbuild'
import { minifySync } from 'rolldown/utils'
import { describe, expect, it } from 'vitest'
import { droppable, stillDroppable } from '../../scripts/package/droppable.mjs'

const id = '/module.ts'

describe('droppable', () => {
  it.each([
    ['a call', "const table = tableOf('abc')"],
    ['a property of another object', "const limit = settings.limit ?? 'none'"],
    ['a list with a call in it', 'const names = [...others, other()]'],
    ['a class with a computed name', 'class Hidden { [hidden]() { return 1 } }'],
    ['a class with a static value', 'class Counted { static count = next() }'],
    ['a class that derives from a call', 'class Derived extends mixed(Base) {}'],
    ['a generic class', 'abstract class Generic<T> extends Base<T> { abstract [hidden](): T; [hidden2]() {} }'],
  ])('lets a bundler leave out %s', async (_, statement) => {
    expect(await bundled(`export ${statement}\nexport const used = 1`)).not.toMatch(/table|settings|names|Hidden|Counted|Derived|Generic/)
  })

  it('is needed for that', async () => {
    expect(await bundled('export const list = [...others, other()]\nexport const used = 1', text => text)).toMatch(/other\(\)/)
  })

  it.each([
    'const a = 1',
    "const a = 'b'",
    'const a = { b: [1, -1] }',
    'const a = () => f()',
    'class A extends B { c = d() }',
    'let a',
    'interface A {}',
  ])('leaves as it is what a bundler can leave out anyway: %s', statement => {
    expect(droppable(statement, id)).toBe(statement)
  })

  it('keeps values, names and lines', async () => {
    const text = 'export const list = [\n  one(),\n]\nexport class A {\n  static made = one()\n}\nfunction one() {\n  return 1\n}\n'
    const changed = droppable(text, id)
    expect(changed.split('\n').length).toBe(text.split('\n').length)
    const { A, list } = await import(`data:text/javascript,${encodeURIComponent(changed)}`)
    expect(list).toEqual([1])
    expect(A.name).toBe('A')
    expect(A.made).toBe(1)
  })

  it.each(['register()', 'for (const a of b) c(a)', 'if (a) b()'])('refuses a statement that nothing can leave out: %s', statement => {
    expect(() => droppable(statement, id)).toThrow(`${id}: a statement of the module itself (${statement}`)
  })
})

describe('stillDroppable', () => {
  const statements = [
    "const table = tableOf('abc')",
    "const limit = settings.limit ?? 'none'",
    'const names = [...others, other()]',
    'const names = { ...others, other: others.other }',
    "const table = new Map([[settings.limit, 'a'], [1, other()]])",
    'class Hidden { [hidden]() { return 1 } }',
  ]

  it.each(statements)('keeps droppable what a minifier has taken out of its function: %s', async statement => {
    const minified = (text: string): string => minify(droppable(text, id))
    const text = `export ${statement}\nexport const used = 1`
    const left = await bundled(text, whole => stillDroppable(minified(whole)))
    expect(left).not.toMatch(/tableOf|settings|others|other\(|hidden/)
  })

  it('is needed for that', async () => {
    const text = 'export const names = [...others, other()]\nexport const used = 1'
    expect(await bundled(text, whole => minify(droppable(whole, id)))).toMatch(/other\(\)/)
  })

  it('puts no function around a call that is marked, and removes marks within functions', () => {
    expect(stillDroppable('const a=/* @__PURE__ */ new Set([1,-2]);function f(){return/* @__PURE__ */ new Set}')).toBe(
      'const a=/*@__PURE__*/new Set([1,-2]);function f(){return new Set}',
    )
    expect(stillDroppable('const b=[/* @__PURE__ */ f(),g()];const c=x?/* @__PURE__ */ f():d')).toBe(
      'const b=/*@__PURE__*/(()=>([f(),g()]))();const c=/*@__PURE__*/(()=>(x?f():d))()',
    )
  })

  it('leaves plain values, texts that look like marks, and lines as they are', () => {
    const code = 'const a=1e3;\nlet b={c:!0,d:void 0};\nconst e=`/* @__PURE__ */ `;export{a,b}'
    expect(stillDroppable(code)).toBe(code)
  })
})

function minify(text: string): string {
  const { code } = minifySync('module.ts', text, { compress: { sequences: false, joinVars: false }, mangle: false })
  return code
}

/** Returns the bundle of an application that uses `used` of a module alone. */
async function bundled(text: string, change: (text: string, id: string) => string = droppable): Promise<string> {
  const contents = change(text, id)
  const { outputFiles } = await build({
    stdin: { contents: "export { used } from 'module'", loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    plugins: [
      {
        name: 'module',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^module$/ }, () => ({ path: 'module', namespace: 'text' }))
          onLoad({ filter: /.*/, namespace: 'text' }, () => ({ contents, loader: 'ts' }))
        },
      },
    ],
  })
  return outputFiles[0]!.text
}

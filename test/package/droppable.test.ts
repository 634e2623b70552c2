import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { droppable } from '../../scripts/package/droppable.mjs'

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

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { declarationsOf } from '../../scripts/package/declarations.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-declarations-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('keeps what the entry exports, what that mentions, and the comments of both', () => {
  const kept = declarations({
    'index.d.ts':
      "export { open } from './open.ts';\nexport type { Options as OpenOptions } from './options.ts';\n//# sourceMappingURL=index.d.ts.map",
    'open.d.ts':
      "import { type Options, Unused } from './options.ts';\n/** Opens. */\nexport declare function open(options: Options): void;\n/** Inner. */\nexport declare function inner(unused: Unused): void;\n",
    'options.d.ts':
      "import type { Deep } from './deep.ts';\n/** Options. */\nexport interface Options extends Base {\n    a: number;\n}\ninterface Base {\n}\nexport interface Unused {\n    deep: Deep;\n}\n",
    'deep.d.ts': 'export interface Deep {\n}\n',
  })
  expect(kept).toEqual({
    'index.d.ts': "export { open } from './open.js';\nexport type { Options as OpenOptions } from './options.js';\n",
    'open.d.ts': "import { type Options } from './options.js';\n/** Opens. */\nexport declare function open(options: Options): void;\n",
    'options.d.ts': '/** Options. */\nexport interface Options extends Base {\n\ta: number;\n}\ninterface Base {\n}\n',
  })
})

it('follows re-exports through other files', () => {
  const kept = declarations({
    'index.d.ts': "export * from './all.ts';\n",
    'all.d.ts': "export { A } from './barrel.ts';\n",
    'barrel.d.ts': "export * from './a.ts';\nexport * from './b.ts';\n",
    'a.d.ts': 'export declare const A: 1;\nexport declare const A2: 2;\n',
    'b.d.ts': 'export declare const B: 1;\n',
  })
  expect(kept).toEqual({
    'index.d.ts': "export * from './all.js';\n",
    'all.d.ts': "export { A } from './barrel.js';\n",
    'barrel.d.ts': "export * from './a.js';\n",
    'a.d.ts': 'export declare const A: 1;\n',
  })
})

it('keeps every declaration of a name, and the types of `import()`', () => {
  const kept = declarations({
    'index.d.ts':
      'export declare const State: {};\nexport type State = number;\nexport declare function f(a: string): void;\nexport declare function f(a: import("./a.ts").A): void;\n',
    'a.d.ts': 'export interface A {\n}\n',
  })
  expect(kept['index.d.ts']!.match(/^export/gm)?.length).toBe(4)
  expect(kept['a.d.ts']).toBe('export interface A {\n}\n')
})

it('keeps what a file adds to the types of another module, which nothing mentions', () => {
  const kept = declarations({
    'index.d.ts': "export { handle } from './node/handle.ts';\n",
    'node/handle.d.ts':
      "import type { Message } from 'node:http';\nimport type { Unused } from '../request.ts';\ndeclare module '../request.ts' {\n    interface Raw {\n        node: Message;\n    }\n}\nexport declare function handle(): void;\n",
    'request.d.ts': 'export interface Raw {\n}\nexport interface Unused {\n}\n',
  })
  expect(kept).toEqual({
    'index.d.ts': "export { handle } from './node/handle.js';\n",
    'node/handle.d.ts':
      "import type { Message } from 'node:http';\ndeclare module '../request.js' {\n\tinterface Raw {\n\t\tnode: Message;\n\t}\n}\nexport declare function handle(): void;\n",
    'request.d.ts': 'export interface Raw {\n}\n',
  })
})

it('names the file and the name where an export is missing', () => {
  const files = { 'index.d.ts': "import { A } from './a.ts';\nexport declare const a: A;\n", 'a.d.ts': 'export interface B {\n}\n' }
  expect(() => declarations(files)).toThrow(/index\.d\.ts takes A from .*a\.d\.ts, which does not export it/)
})

function declarations(files: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return Object.fromEntries([...declarationsOf([join(folder, 'index.d.ts')])].map(([file, text]) => [file.slice(folder.length + 1), text]))
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The modules that the files of a room may import: other rooms, and names that are not relative. A room is a folder, a folder within one
 * (`protocol/frames`), or a file next to the folders; the name of a folder stands for all rooms in it.
 */
export type ImportTable = Readonly<Record<string, readonly string[]>>

/** The sources of one package, their imports and their tests. */
export class SourceFolder {
  /** Paths relative to `src`, with slashes. */
  readonly files: readonly string[]
  readonly #source: string
  readonly #tests: string
  readonly #allowed: ImportTable

  /** Rooms of the folder `node` may import all `node:` modules, others those that the table names. */
  constructor(name: string, allowed: ImportTable) {
    this.#source = fileURLToPath(new URL(`../packages/${name}/src`, import.meta.url))
    this.#tests = fileURLToPath(new URL(`../packages/${name}/test`, import.meta.url))
    this.#allowed = allowed
    this.files = readdirSync(this.#source, { recursive: true, encoding: 'utf8' })
      .map(posix)
      .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .sort()
  }

  /** Files that do not belong to a room of the table. */
  get unruled(): string[] {
    return this.files.filter(file => this.#roomOf(file) === undefined)
  }

  /** Rooms of the table without files. */
  get empty(): string[] {
    return Object.keys(this.#allowed).filter(room => !this.files.some(file => this.#roomOf(file) === room))
  }

  get wrongImports(): string[] {
    return this.files.flatMap(file =>
      specifiers(this.#read(file))
        .filter(specifier => !this.#mayImport(file, specifier))
        .map(specifier => `${file} imports ${specifier}`),
    )
  }

  hasTest(file: string): boolean {
    return existsSync(join(this.#tests, file.replace(/\.ts$/, '.test.ts')))
  }

  /** Whether a file contains code that runs. */
  runs(file: string): boolean {
    return /^(export\s+)?(default|abstract|async|class|const|function|let|var)\b/m.test(this.#read(file))
  }

  #mayImport(file: string, specifier: string): boolean {
    const room = this.#roomOf(file) ?? ''
    const allowed = this.#allowed[room] ?? []
    if (specifier.startsWith('node:') && room.split('/')[0] === 'node') return true
    if (!specifier.startsWith('.')) return allowed.includes(specifier)
    const target = this.#roomOf(posix(relative(this.#source, join(this.#source, dirname(file), specifier)))) ?? ''
    return target === room || allowed.some(each => target === each || target.startsWith(`${each}/`))
  }

  /** Returns the room of a file: the innermost folder of the table, or the file itself. */
  #roomOf(file: string): string | undefined {
    const parts = file.split('/')
    const places = parts.map((_, n) => parts.slice(0, parts.length - n).join('/'))
    return places.find(place => place in this.#allowed)
  }

  #read(file: string): string {
    return readFileSync(join(this.#source, file), 'utf8')
  }
}

/** Returns the module names that a text imports, in any form. */
export function specifiers(text: string): string[] {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
  return forms.flatMap(form => [...code.matchAll(form)].map(match => match[1] ?? ''))
}

function posix(path: string): string {
  return path.split(sep).join('/')
}

const forms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
]

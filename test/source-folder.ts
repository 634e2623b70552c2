import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What may be imported by the files of one folder, or by one file beside the folders: folders, and names that are not relative. */
export type ImportTable = Readonly<Record<string, readonly string[]>>

/** The sources of one package, their imports and their tests. */
export class SourceFolder {
  /** Relative to `src`, with slashes. */
  readonly files: readonly string[]
  readonly #source: string
  readonly #tests: string
  readonly #allowed: ImportTable

  /** The folder `node` may import `node:` modules. */
  constructor(name: string, allowed: ImportTable) {
    this.#source = fileURLToPath(new URL(`../packages/${name}/src`, import.meta.url))
    this.#tests = fileURLToPath(new URL(`../packages/${name}/test`, import.meta.url))
    this.#allowed = allowed
    this.files = readdirSync(this.#source, { recursive: true, encoding: 'utf8' })
      .map(posix)
      .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .sort()
  }

  /** Folders that the table has no row for. */
  get unruled(): string[] {
    return [...new Set(this.files.map(layer))].filter(name => !(name in this.#allowed))
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

  /** Whether there is anything in a file that runs. */
  runs(file: string): boolean {
    return /^(export\s+)?(default|abstract|async|class|const|function|let|var)\b/m.test(this.#read(file))
  }

  #mayImport(file: string, specifier: string): boolean {
    const allowed = this.#allowed[layer(file)] ?? []
    if (specifier.startsWith('node:')) return layer(file) === 'node'
    if (!specifier.startsWith('.')) return allowed.includes(specifier)
    const target = layer(posix(relative(this.#source, join(this.#source, dirname(file), specifier))))
    return target === layer(file) || allowed.includes(target)
  }

  #read(file: string): string {
    return readFileSync(join(this.#source, file), 'utf8')
  }
}

/** What a module imports, however it is written. */
export function specifiers(text: string): string[] {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
  return forms.flatMap(form => [...code.matchAll(form)].map(match => match[1] ?? ''))
}

/** The folder of a file below `src`, or the file itself where it lies in no folder. */
function layer(file: string): string {
  return file.split('/')[0] ?? file
}

function posix(path: string): string {
  return path.split(sep).join('/')
}

const forms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
]

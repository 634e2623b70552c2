import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'rolldown/utils'

/**
 * Returns the declarations that users of the entries can see, as files: what the entries export, and what those types mention, directly or not.
 *
 * Files keep their names, so "go to definition" leads to a file named after the thing in it, with its comments. The rest of a file, and files of which
 * nothing is left, are not published. Whether a declaration mentions another is decided by the names in its text: that may keep too much, never too
 * little. Imports name `.js` files, as every compiler since 5.4 understands them in each of its modes.
 *
 * @param {readonly string[]} entries the absolute paths of the entries' declaration files
 * @returns {Map<string, string>} the text of each file by its absolute path
 */
export function declarationsOf(entries) {
  /** @type {Map<string, DeclarationFile>} */
  const files = new Map()
  for (const entry of entries) fileAt(entry).wantAll()
  // a file that is wanted more than once grows, so this repeats until nothing is wanted any more
  while ([...files.values()].some(file => file.follow(fileAt)));
  return new Map([...files].flatMap(([path, file]) => (file.isEmpty ? [] : [[path, file.text]])))

  /** @param {string} path */
  function fileAt(path) {
    const file = files.get(path) ?? new DeclarationFile(path)
    files.set(path, file)
    return file
  }
}

/** One declaration file, and which of its declarations are wanted. */
class DeclarationFile {
  #path
  #text
  /** @type {Statement[]} */
  #statements
  /** The statements whose own needs are still to be followed. */
  #unfollowed = new Set()
  /** @type {Set<Statement>} */
  #wanted = new Set()
  /** The names that imports and re-exports must bring, by statement; `*` for all that `export * from` brings. */
  #brought = new Map()

  /** @param {string} path */
  constructor(path) {
    this.#path = path
    this.#text = readFileSync(path, 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?$/m, '')
    const { program, errors } = parseSync(path, this.#text)
    if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
    this.#statements = program.body.map(node => statementOf(node))
  }

  /** Wants everything that the file exports. */
  wantAll() {
    for (const statement of this.#statements) {
      if (!statement.isExported) continue
      if (statement.specifiers !== undefined) for (const { exported } of statement.specifiers) this.#bring(statement, exported)
      if (statement.isStar) this.#bring(statement, '*')
      else this.#want(statement)
    }
  }

  /**
   * Wants what the file exports under a name. Returns whether it has that export; one of `export *` counts if its module has it.
   *
   * @param {string} name
   * @param {(path: string) => DeclarationFile} fileAt
   * @returns {boolean}
   */
  wantExport(name, fileAt) {
    let isFound = false
    for (const statement of this.#statements) {
      if (!statement.isExported) continue
      if (statement.specifiers?.some(({ exported }) => exported === name)) {
        this.#bring(statement, name)
        isFound = true
      } else if (statement.names.includes(name)) {
        this.#want(statement)
        isFound = true
      } else if (statement.isStar && fileAt(this.#pathOf(statement)).wantExport(name, fileAt)) {
        this.#want(statement)
        isFound = true
      }
    }
    return isFound
  }

  /**
   * Wants what the wanted statements need. Returns whether there was anything to do.
   *
   * @param {(path: string) => DeclarationFile} fileAt
   */
  follow(fileAt) {
    const statements = [...this.#unfollowed]
    this.#unfollowed.clear()
    for (const statement of statements) {
      if (statement.augmented !== undefined)
        for (const name of statement.augmented.names) this.#wantOf(fileAt(this.#resolved(statement.augmented.module)), name, fileAt)
      if (statement.isStar) {
        if (this.#brought.get(statement)?.has('*')) fileAt(this.#pathOf(statement)).wantAll()
      } else if (statement.source === undefined) this.#wantNamesIn(this.#codeOf(statement), fileAt)
      else if (statement.source.startsWith('.'))
        for (const { exported, imported } of statement.specifiers ?? [])
          if (this.#brought.get(statement)?.has(exported)) this.#wantOf(fileAt(this.#pathOf(statement)), imported, fileAt)
    }
    return statements.length > 0
  }

  get isEmpty() {
    return this.#wanted.size === 0
  }

  get text() {
    const parts = []
    let end = 0
    for (const statement of this.#statements) {
      const withComments = this.#text.slice(end, statement.end)
      end = statement.end
      if (this.#wanted.has(statement)) parts.push(this.#shortened(statement, withComments).trim())
      // it makes the file a module where nothing else does
      else if (statement.isMark) parts.push('export {};')
    }
    return `${withTabs(parts.join('\n')).replaceAll(/((?:from |import\(|declare module )['"]\.[^'"]+)\.ts(?=['"])/g, '$1.js')}\n`
  }

  /**
   * @param {string} code
   * @param {(path: string) => DeclarationFile} fileAt
   */
  #wantNamesIn(code, fileAt) {
    for (const [, path = ''] of code.matchAll(/\bimport\("(\.[^"]+)"\)/g)) fileAt(this.#resolved(path)).wantAll()
    const names = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))
    for (const statement of this.#statements) {
      if (statement.names.some(name => names.has(name))) this.#want(statement)
      if (statement.source === undefined || statement.isExported) continue
      for (const { exported } of statement.specifiers ?? []) if (names.has(exported)) this.#bring(statement, exported)
    }
  }

  /**
   * @param {DeclarationFile} file
   * @param {string} name
   * @param {(path: string) => DeclarationFile} fileAt
   */
  #wantOf(file, name, fileAt) {
    if (name === '*') file.wantAll()
    else if (!file.wantExport(name, fileAt)) throw new Error(`${this.#path} takes ${name} from ${file.#path}, which does not export it`)
  }

  /** @param {Statement} statement */
  #want(statement) {
    if (!this.#wanted.has(statement)) this.#keep(statement)
  }

  /**
   * @param {Statement} statement
   * @param {string} name
   */
  #bring(statement, name) {
    const names = this.#brought.get(statement) ?? new Set()
    this.#brought.set(statement, names)
    if (names.has(name)) return
    names.add(name)
    this.#keep(statement)
  }

  /**
   * Keeps a statement, and with it what the file adds to the types of other modules: nothing mentions that.
   *
   * @param {Statement} statement
   */
  #keep(statement) {
    this.#wanted.add(statement)
    this.#unfollowed.add(statement)
    for (const each of this.#statements) if (each.augmented !== undefined) this.#want(each)
  }

  /**
   * Leaves out the names that nothing wants from an import or a re-export.
   *
   * @param {Statement} statement
   * @param {string} text
   */
  #shortened(statement, text) {
    const brought = this.#brought.get(statement)
    const { specifiers } = statement
    if (brought === undefined || specifiers === undefined || specifiers.every(({ exported }) => brought.has(exported))) return text
    const kept = specifiers.filter(({ exported }) => brought.has(exported)).map(({ start, end }) => this.#text.slice(start, end))
    return text.replace(/\{[\s\S]*\}/, `{ ${kept.join(', ')} }`)
  }

  /** @param {Statement} statement */
  #codeOf({ start, end }) {
    return this.#text.slice(start, end).replaceAll(/\/\*[\s\S]*?\*\//g, '')
  }

  /** @param {Statement} statement */
  #pathOf({ source }) {
    return this.#resolved(source ?? '')
  }

  /** @param {string} path */
  #resolved(path) {
    return join(dirname(this.#path), path).replace(/\.[jt]s$/, '.d.ts')
  }
}

/**
 * Indents with tabs, which take a quarter of the room of the compiler's spaces.
 *
 * @param {string} text
 */
function withTabs(text) {
  return text.replaceAll(/^(?: {4})+/gm, spaces => '\t'.repeat(spaces.length / 4))
}

/**
 * @typedef {object} Statement
 * @property {number} start
 * @property {number} end
 * @property {readonly string[]} names the names that it declares
 * @property {string | undefined} source the module of an import or a re-export
 * @property {readonly Specifier[] | undefined} specifiers the names of an import or of an export without a declaration
 * @property {boolean} isExported
 * @property {boolean} isStar whether it is `export * from`
 * @property {boolean} isMark whether it is `export {}`
 * @property {{ module: string, names: readonly string[] } | undefined} augmented the module of a `declare module`, and the names that it adds to
 */

/**
 * @typedef {object} Specifier
 * @property {string} exported the name in this file, for imports; the name that others see, for exports
 * @property {string} imported the name in the other module; `*` for all of it
 * @property {number} start
 * @property {number} end
 */

/**
 * @param {any} node a statement of a parsed module
 * @returns {Statement}
 */
function statementOf(node) {
  const isExported = node.type.startsWith('Export')
  const declaration = node.declaration ?? node
  const specifiers = node.specifiers?.map(specifier => ({
    exported: (isExported ? specifier.exported : specifier.local).name,
    imported: (isExported ? specifier.local : specifier.imported)?.name ?? (specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*'),
    start: specifier.start,
    end: specifier.end,
  }))
  const names = declaration.declarations?.map(({ id }) => id.name) ?? (declaration.id?.name === undefined ? [] : [declaration.id.name])
  return {
    start: node.start,
    end: node.end,
    names,
    source: node.source?.value,
    specifiers: specifiers?.length === 0 ? undefined : specifiers,
    isExported,
    isStar: node.type === 'ExportAllDeclaration',
    augmented:
      node.type === 'TSModuleDeclaration' && node.id.value?.startsWith('.')
        ? { module: node.id.value, names: node.body.body.map(added => (added.declaration ?? added).id.name) }
        : undefined,
    isMark: isExported && specifiers?.length === 0 && node.declaration == null && node.source == null,
  }
}

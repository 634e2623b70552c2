import { readFileSync, writeFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { droppable, stillDroppable } from './droppable.mjs'
import { inLines } from './lines.mjs'

/**
 * Bundles the entries of a package: one file for each entry, and files for what several of them load, so that every class exists once.
 *
 * Names of functions and classes stay as they are and lines stay lines, so that a stack trace and a debugger show readable code; comments go. What is loaded with `import()`
 * becomes a file of its own. Other packages are imported, never contained.
 *
 * @param {object} options
 * @param {string} options.source the folder of the sources
 * @param {string} options.into the folder of the output, its only level but for the entries' own folders
 * @param {Readonly<Record<string, string>>} options.entries the entries' paths below `source`, without `.ts`, by those of their files in `into`
 * @param {boolean} options.isDroppable whether bundlers of applications may leave out what is not used: `"sideEffects": false`
 * @param {readonly string[]} options.dependencies the packages that the package may import
 * @param {(file: string) => string} options.sourceAddress returns what a map calls a source file, from its path below `source`
 * @param {'es' | 'cjs'} [options.format] the kind of modules; a CommonJS file ends with `.cjs`, and has the default export of its entry
 * @param {Readonly<Record<string, string>>} [options.contained] names that are imported and whose modules become part of the bundle, with their files
 */
export async function bundle({ source, into, entries, isDroppable, dependencies, sourceAddress, format = 'es', contained = {} }) {
  const build = await rolldown({
    experimental: { attachDebugInfo: 'none' },
    input: Object.fromEntries(Object.entries(entries).map(([file, entry]) => [file, `${source}/${entry}.ts`])),
    external: isFrom(dependencies, Object.keys(contained)),
    platform: 'neutral',
    tsconfig: false,
    resolve: { alias: contained },
    transform: { target: 'es2022' },
    treeshake: { moduleSideEffects: !isDroppable },
    plugins: [ofModules(source, isDroppable)],
    onLog(level, { code, message }) {
      if (level === 'warn') throw new Error(`rolldown: ${code}: ${message}`)
    },
  })
  try {
    const { output } = await build.write({
      dir: into,
      format,
      exports: format === 'cjs' ? 'default' : 'auto',
      entryFileNames: `[name].${endings[format]}`,
      chunkFileNames: `[name]-part.${endings[format]}`,
      comments: { legal: true, annotation: true, jsdoc: false },
      minify: {
        // shorter forms of expressions, of literals and of conditions; statements stay apart, so that a debugger stops at each and lines stay lines
        compress: { target: 'es2022', sequences: false, keepNames: { function: true, class: true } },
        // variables, imports and what files of the bundle have from each other; the names of functions, classes and properties stay
        mangle: { toplevel: true, keepNames: true },
        codegen: { removeWhitespace: true },
      },
      minifyInternalExports: true,
      sourcemap: true,
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (file, map) =>
        sourceAddress(posixRelative(source, posix.join(posix.dirname(map.split(sep).join('/')), file))),
    })
    for (const { fileName } of output) {
      // a file without code of its own, which only exports what others contain, has no map
      if (!fileName.endsWith('.map')) continue
      const file = join(into, fileName.slice(0, -'.map'.length))
      const { code, map } = inLines(readFileSync(file, 'utf8'), readFileSync(`${file}.map`, 'utf8'))
      writeFileSync(file, isDroppable && format === 'es' ? stillDroppable(code) : code)
      writeFileSync(`${file}.map`, map)
    }
  } finally {
    await build.close()
  }
}

/**
 * Returns a function that tells whether a module stays outside: it is one of Node's, or of one of these packages. Throws an error for a package that
 * would not be there when the published one is used, unless it is contained.
 *
 * @param {readonly string[]} dependencies
 * @param {readonly string[]} contained
 * @returns {(id: string) => boolean}
 */
function isFrom(dependencies, contained) {
  return id => {
    if (contained.includes(id)) return false
    if (id.startsWith('node:') || dependencies.some(name => id === name || id.startsWith(`${name}/`))) return true
    if (/^(?:\.{0,2}\/|[A-Za-z]:|\0)/.test(id)) return false
    throw new Error(`${id} is imported, and package.json does not name it`)
  }
}

/**
 * Prepares modules for being one of many in a file. Lines stay lines, and maps know lines only, so the maps stay right.
 *
 * `import.meta.url` in a bundle is the place of the bundle. It is replaced with the place where the compiler would have put the module, so that
 * `new URL('../page/', import.meta.url)` stays right.
 *
 * @param {string} source
 * @param {boolean} isDroppable
 * @returns {import('rolldown').Plugin}
 */
function ofModules(source, isDroppable) {
  return {
    name: 'of-modules',
    transform(code, id) {
      const module = posixRelative(source, id).replace(/\.ts$/, '.js')
      const text = isDroppable ? droppable(code, id) : code
      return { code: text.replaceAll('import.meta.url', `new URL('./${module}', import.meta.url)`), map: null }
    },
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function posixRelative(from, to) {
  return relative(from, to).split(sep).join('/')
}

const endings = { es: 'js', cjs: 'cjs' }

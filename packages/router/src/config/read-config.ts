import { type Document, isMap, isNode, LineCounter, parseDocument, visit } from 'yaml'
import { type ConfigProblem, ConfigProblems } from './config-problems.ts'
import { type RouterConfig, routerConfig } from './router-config.ts'
import { sentencesOf } from './sentences.ts'

/** Reads a config: JSON or YAML, which JSON is a part of. Throws `ConfigProblems` with all mistakes; `file` is its name in them. */
export function readConfig(text: string, file: string): RouterConfig {
  const { value, placeOf } = parsed(text, file)
  const result = routerConfig.safeParse(value)
  if (result.success) return result.data
  throw new ConfigProblems(
    file,
    sentencesOf(result.error.issues, value).map(({ path, message }) => ({ ...placeOf(path), message })),
  )
}

/** A text as a value, and a function that finds where an option stands in the text. */
export interface ParsedText {
  readonly value: unknown
  placeOf(path: readonly PropertyKey[]): Pick<ConfigProblem, 'line' | 'column'>
}

/** Parses JSON or YAML. Throws `ConfigProblems` for what is neither. */
export function parsed(text: string, file: string): ParsedText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, maxAliasCount: 0 } as never)
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    throw new ConfigProblems(
      file,
      document.errors.map(error => ({ ...place(error.pos[0]), message: `this is not valid: ${error.message.replace(/\.$/, '')}` })),
    )
  }
  const wrong = offsetsOfPrototypes(document)
  if (wrong.length > 0) {
    const message = '"__proto__" is not a name that a config may have'
    throw new ConfigProblems(
      file,
      wrong.map(offset => ({ ...place(offset), message })),
    )
  }
  return { value: valueIn(document, file), placeOf: path => place(offsetOf(document, path)) }
}

function valueIn(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new ConfigProblems(file, [{ line: 1, column: 1, message: 'aliases of YAML are not taken' }])
  }
}

function offsetsOfPrototypes(document: Document): number[] {
  const offsets: number[] = []
  visit(document, {
    Pair: (_, { key }) => {
      if (isNode(key) && String(key) === '__proto__') offsets.push(key.range?.[0] ?? 0)
    },
  })
  return offsets
}

/** Finds the key of an option in the text; of an option that is missing, the key of the object where it belongs. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const name = path[length - 1]
    const pair = isMap(parent) ? parent.items.find(item => isNode(item.key) && String(item.key) === String(name)) : undefined
    const node = isNode(pair?.key) ? pair.key : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

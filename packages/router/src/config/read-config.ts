import { shownValue } from '@autobahn-ts/websocket/portable'
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { type ConfigProblem, ConfigProblems } from './config-problems.ts'
import { type RouterConfig, routerConfig } from './router-config.ts'
import { sentencesOf } from './sentences.ts'

/** Reads a config: JSON or YAML, which JSON is a part of. Throws `ConfigProblems` with all mistakes; `file` is its name in them. */
export function readConfig(text: string, file: string): RouterConfig {
  const { value, placeOf } = parsed(text, file)
  const result = routerConfig.safeParse(value)
  if (result.success) return result.data
  const problems = sentencesOf(result.error.issues, value).map(({ path, message }) => ({ ...placeOf(path), message }))
  throw new ConfigProblems(file, problems.sort(byPlace))
}

function byPlace(one: ConfigProblem, other: ConfigProblem): number {
  return one.line - other.line || one.column - other.column
}

/** A text as a value, and a function that finds where an option stands in the text. */
export interface ParsedText {
  readonly value: unknown
  placeOf(path: readonly PropertyKey[]): Pick<ConfigProblem, 'line' | 'column'>
}

/** Parses JSON or YAML. Throws `ConfigProblems` for what is neither. */
export function parsed(text: string, file: string): ParsedText {
  const tooDeep = placeTooDeep(text)
  if (tooDeep !== undefined)
    throw new ConfigProblems(file, [{ ...tooDeep, message: `a config has at most ${deepest} levels of lists and objects` }])
  const lines = new LineCounter()
  // keys are compared below: the library compares each with all others, which takes seconds with 20,000 users
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problemsAt = (faults: readonly Fault[]) => faults.map(({ offset, message }) => ({ ...place(offset), message }))
  const faults = faultsOf(document)
  if (faults.length > 0) throw new ConfigProblems(file, problemsAt(faults))
  return { value: document.toJS({ maxAliasCount: 0 }), placeOf: path => place(offsetOf(document, path)) }
}

/**
 * Finds the place from which on a text is nested too deeply, before it is parsed: the parser calls itself for each level, and some thousands of them end the process.
 * Brackets within double quotes do not count; levels of blocks begin with a blank or a dash each.
 */
function placeTooDeep(text: string): Pick<ConfigProblem, 'line' | 'column'> | undefined {
  let depth = 0
  for (const [index, line] of text.replace(quoted, blanks).split('\n').entries()) {
    const [block = ''] = /^[ ?:-]*/.exec(line) ?? []
    if (block.length > 4 * deepest) return { line: index + 1, column: 4 * deepest }
    for (let at = 0; at < line.length; at++) {
      const character = line[at]
      if (character === '[' || character === '{') depth++
      else if ((character === ']' || character === '}') && depth > 0) depth--
      if (depth > deepest) return { line: index + 1, column: at + 1 }
    }
  }
  return undefined
}

/** Keeps the lines and columns of what a text in quotes stands before. */
function blanks(text: string): string {
  return text.replace(/[^\n]/g, '"')
}

const quoted = /"(?:[^"\\]|\\[\s\S])*"/g
const deepest = 100

/** A fault at a place of the text. */
interface Fault {
  readonly offset: number
  readonly message: string
}

/** Finds what is not JSON or YAML, and what YAML allows and a config does not have. */
function faultsOf(document: Document.Parsed): readonly Fault[] {
  // the first one alone: the others are what the parser makes of the text after it
  const [error] = document.errors
  if (error !== undefined) return [{ offset: error.pos[0], message: `this is not valid: ${error.message.replace(/\.$/, '')}` }]
  const faults: Fault[] = []
  visit(document, { Node: (_, node) => void faults.push(...nodeFaults(node)) })
  return faults
}

function nodeFaults(node: Node): Fault[] {
  const offset = node.range?.[0] ?? 0
  if (isAlias(node)) return [{ offset, message: 'aliases of YAML are not taken' }]
  const { tag } = node
  // a set, for example, would be an object without options
  if (tag !== undefined && !plainTags.test(tag)) return [{ offset, message: `the tag ${shownValue(tag)} of YAML is not taken` }]
  return isMap(node) ? keyFaults(node.items.map(({ key }) => key)) : []
}

/** The tags of the values that JSON has. */
const plainTags = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/

/** Finds the keys of one object that are not names, or come twice. */
function keyFaults(keys: readonly unknown[]): Fault[] {
  const known = new Set<string>()
  return keys.flatMap(key => {
    const message = keyFault(key, known)
    return message === undefined ? [] : [{ offset: isNode(key) ? (key.range?.[0] ?? 0) : 0, message }]
  })
}

function keyFault(key: unknown, known: Set<string>): string | undefined {
  if (isAlias(key)) return undefined
  if (!isScalar(key)) return 'a name must be a text'
  const name = String(key.value)
  if (key.type === 'PLAIN' && name.startsWith('//')) return 'JSON has no comments; those of YAML begin with #'
  if (name === '__proto__') return '"__proto__" is not a name that a config may have'
  // 1 and "1" are one name
  if (known.has(name)) return `this is not valid: ${shownValue(name)} is there twice`
  known.add(name)
  return undefined
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

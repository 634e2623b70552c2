import { decode, encode } from '@jridgewell/sourcemap-codec'
import { parseSync } from 'rolldown/utils'

/** @typedef {import('@jridgewell/sourcemap-codec').SourceMapSegment} Segment */

/**
 * Gives code without white space its lines back: a statement or a variable that began a line in the source begins one again, unless it can neither call nor
 * throw, such as a field or a closing brace, because no stack trace names that. The map is reduced to what a stack trace needs, where each of these lines comes
 * from; a position within is found as the beginning of its line.
 *
 * So a trace without the map shows lines that a person can find, and all of it takes less room than indented code with a whole map.
 *
 * @param {string} code
 * @param {string} map its source map
 * @returns {{ code: string, map: string }}
 */
export function inLines(code, map) {
  const { names, mappings, sources, file, ...rest } = JSON.parse(map)
  const { isText, isNextVariable } = syntaxOf(code)
  const isQuiet = quietIn(code)
  const lines = []
  const segmentsOfLines = []
  let offset = 0
  for (const [index, text] of code.split('\n').entries()) {
    let latest = { from: 0, segments: /** @type {Segment[]} */ ([]) }
    const pieces = [latest]
    for (const [column, source, line, sourceColumn] of firstOfEachLine(decode(mappings)[index] ?? [])) {
      const isStatement = ';{}'.includes(text[column - 1] ?? '') && !isText(offset + column)
      if (column > 0 && (isStatement || isNextVariable(offset + column))) {
        latest = { from: column, segments: [] }
        pieces.push(latest)
      }
      if (latest.segments.length === 0) latest.segments.push([column - latest.from, source, line, sourceColumn])
    }
    for (const [place, { from, segments }] of pieces.entries()) {
      const piece = text.slice(from, pieces[place + 1]?.from)
      if (place > 0 && isQuiet(piece)) lines.push(lines.pop() + piece)
      else {
        lines.push(piece)
        segmentsOfLines.push(segments)
      }
    }
    offset += text.length + 1
  }
  const whole = { ...rest, ...underRoot(sources), names: [], mappings: encode(segmentsOfLines) }
  return { code: lines.join('\n'), map: JSON.stringify(whole) }
}

/**
 * Returns a function that tells whether a statement, or the end of one, can neither call nor throw: names, literals, private fields, and operators that need
 * no method.
 *
 * @param {string} code all of the code; its private accessors are calls
 * @returns {(piece: string) => boolean}
 */
function quietIn(code) {
  const accessors = new Set(Array.from(code.matchAll(/\b[gs]et (#\w+)/g), ([, name]) => name))
  return piece => {
    const withoutFields = piece.replaceAll(/\bthis\.(#\w+)/g, (field, name) => (accessors.has(name) ? field : 'field'))
    return /^[\w$#=!;{},?&|<>+ -]*$/.test(withoutFields) && !loud.test(withoutFields)
  }
}

/** Words that call, throw, take apart, or begin what a person looks for. */
const loud = /\b(?:let|const|var)\{|\b(?:throw|await|yield|new|in|instanceof|class|function|debugger)\b|=>/

/**
 * Names the folder that all sources lie below once, and not with each of them.
 *
 * @param {readonly string[]} sources
 * @returns {{ sourceRoot?: string, sources: string[] }}
 */
function underRoot([first = '', ...others]) {
  let root = first.slice(0, first.lastIndexOf('/') + 1)
  while (others.some(source => !source.startsWith(root))) root = root.slice(0, root.lastIndexOf('/', root.length - 2) + 1)
  return { ...(root !== '' && { sourceRoot: root }), sources: [first, ...others].map(source => source.slice(root.length)) }
}

/**
 * Returns the segments with which another source line begins.
 *
 * @param {readonly Segment[]} segments
 * @returns {[number, number, number, number][]}
 */
function firstOfEachLine(segments) {
  /** @type {[number, number, number, number][]} */
  const first = []
  for (const [column, source, line, sourceColumn] of segments) {
    if (source === undefined || line === undefined || sourceColumn === undefined) continue
    const last = first.at(-1)
    if (last === undefined || last[1] !== source || last[2] !== line) first.push([column, source, line, sourceColumn])
  }
  return first
}

/**
 * Returns two functions: one tells whether a position lies in the text of a template, where a line break would count, and the other whether a variable
 * begins there that is declared in one statement with those before it.
 *
 * @param {string} code
 */
function syntaxOf(code) {
  const { program, errors } = parseSync('code.js', code)
  if (errors.length > 0) throw new Error(errors[0]?.message)
  /** @type {Set<number>} */
  const inTexts = new Set()
  /** @type {Set<number>} */
  const nextVariables = new Set()
  visit(program)
  return {
    /** @param {number} position */
    isText: position => inTexts.has(position),
    /** @param {number} position */
    isNextVariable: position => nextVariables.has(position),
  }

  /** @param {any} node */
  function visit(node) {
    if (typeof node !== 'object' || node === null) return
    if (node.type === 'TemplateElement') for (let at = node.start; at <= node.end; at++) inTexts.add(at)
    if (node.type === 'VariableDeclaration') for (const { start } of node.declarations.slice(1)) nextVariables.add(start)
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value)
  }
}

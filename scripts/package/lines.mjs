import { decode, encode } from '@jridgewell/sourcemap-codec'
import { parseSync } from 'rolldown/utils'

/** @typedef {import('@jridgewell/sourcemap-codec').SourceMapSegment} Segment */

/**
 * Gives code without white space its lines back: a statement that began a line in the source begins one again. The map is reduced to what a stack trace
 * needs, where each of these lines comes from; a position within is found as the beginning of its line.
 *
 * So a trace without the map shows lines that a person can find, and all of it takes less room than indented code with a whole map.
 *
 * @param {string} code
 * @param {string} map its source map
 * @returns {{ code: string, map: string }}
 */
export function inLines(code, map) {
  const { names, mappings, sources, ...rest } = JSON.parse(map)
  const isText = textsOf(code)
  const lines = []
  const segmentsOfLines = []
  let offset = 0
  for (const [index, text] of code.split('\n').entries()) {
    let from = 0
    /** @type {Segment[]} */
    let segments = []
    for (const [column, source, line, sourceColumn] of firstOfEachLine(decode(mappings)[index] ?? [])) {
      if (column > from && ';{}'.includes(text[column - 1] ?? '') && !isText(offset + column)) {
        lines.push(text.slice(from, column))
        segmentsOfLines.push(segments)
        segments = []
        from = column
      }
      if (segments.length === 0) segments.push([column - from, source, line, sourceColumn])
    }
    lines.push(text.slice(from))
    segmentsOfLines.push(segments)
    offset += text.length + 1
  }
  const whole = { ...rest, ...underRoot(sources), names: [], mappings: encode(segmentsOfLines) }
  return { code: lines.join('\n'), map: JSON.stringify(whole) }
}

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
 * Returns a function that tells whether a position lies in the text of a template, where a line break would count.
 *
 * @param {string} code
 * @returns {(position: number) => boolean}
 */
function textsOf(code) {
  const { program, errors } = parseSync('code.js', code)
  if (errors.length > 0) throw new Error(errors[0]?.message)
  const inside = new Set()
  visit(program)
  return position => inside.has(position)

  /** @param {any} node */
  function visit(node) {
    if (typeof node !== 'object' || node === null) return
    if (node.type === 'TemplateElement') for (let at = node.start; at <= node.end; at++) inside.add(at)
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value)
  }
}

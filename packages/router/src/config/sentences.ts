import { shownValue } from '@autobahn-ts/websocket/portable'
import type { z } from 'zod'
import { nearestHint, optionsAt, placesOf } from './option-names.ts'

type Issue = z.core.$ZodIssue

/** A mistake in words, and the option that it is about. */
export interface Sentence {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Says in sentences what is wrong with a value that the schema does not take. */
export function sentencesOf(issues: readonly Issue[], value: unknown): Sentence[] {
  return issues.flatMap(issue =>
    issue.code === 'unrecognized_keys' ? unknownOptions(issue) : [{ path: issue.path, message: sentenceOf(issue, value) }],
  )
}

function unknownOptions(issue: Extract<Issue, { code: 'unrecognized_keys' }>): Sentence[] {
  return issue.keys.map(key => {
    const place = issue.path.length === 0 ? 'the config' : pathOf(issue.path)
    return { path: [...issue.path, key], message: `${place} has no option ${shownValue(key)}; ${hintFor(key, issue.path)}` }
  })
}

/** Names the option that was probably meant, or the place where there is one of this name, or else all options. */
function hintFor(key: string, path: readonly PropertyKey[]): string {
  const options = optionsAt(path)
  const places = placesOf(key)
  const hints = [
    nearestHint(key, options),
    places.length === 1 ? `there is ${places[0]}` : undefined,
    key === 'password' ? 'autobahn-ts router hash makes what stands here out of a password' : undefined,
    `there are ${options.join(', ')}`,
  ]
  return hints.find(hint => hint !== undefined) ?? ''
}

function sentenceOf(issue: Issue, value: unknown): string {
  const name = issue.path.length === 0 ? 'the config' : pathOf(issue.path)
  const there = valueAt(value, issue.path)
  if (there === undefined && issue.code === 'invalid_type') return `${name} is missing: it must be ${typeInWords(issue.expected)}`
  if (there === undefined && issue.code === 'invalid_value') return `${name} is missing: it must be one of ${issue.values.join(', ')}`
  const shown = `, and not ${isSecret(issue.path) ? kindOf(there) : shownOrKind(there)}`
  switch (issue.code) {
    case 'invalid_type':
      return `${name} must be ${typeInWords(issue.expected)}${shown}${wayOut(issue, there)}`
    case 'invalid_value':
      return `${name} must be one of ${issue.values.join(', ')}${shown}`
    case 'too_small':
      return issue.origin === 'array'
        ? `${name} must not be empty`
        : lengthOrNumber(name, issue.message, `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`, shown)
    case 'too_big':
      return `${name} must be at most ${issue.maximum}${shown}`
    case 'invalid_key':
      return `${name}: a name ${issue.issues[0] === undefined ? 'is not allowed' : formatInWords(issue.issues[0])}`
    case 'invalid_format':
      return `${name} ${formatInWords(issue)}${shown}`
    case 'invalid_union':
      return `${name} must be ${unionInWords(issue)}${shown}`
    default:
      return `${name} ${issue.message}`
  }
}

function lengthOrNumber(name: string, own: string, bound: string, shown: string): string {
  return own.startsWith('must') ? `${name} ${own}` : `${name} must be ${bound}${shown}`
}

function typeInWords(type: string): string {
  const article = /^[aeio]/.test(type) ? 'an' : 'a'
  return wordsOfTypes.get(type) ?? `${article} ${type}`
}

const wordsOfTypes: ReadonlyMap<string, string> = new Map([
  ['record', 'an object'],
  ['array', 'a list'],
  ['int', 'an integer'],
  ['boolean', 'true or false'],
])

function formatInWords(issue: Issue): string {
  if (issue.code !== 'invalid_format' || issue.message.startsWith('must')) return issue.message
  return 'prefix' in issue ? `must begin with ${String(issue.prefix)}` : `must be ${issue.format}`
}

function unionInWords(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const types = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [typeInWords(first.expected)] : []))
  return types.join(', or ')
}

/** Says how to write what was probably meant, where only the type is wrong. */
function wayOut({ expected, path }: Extract<Issue, { code: 'invalid_type' }>, there: unknown): string {
  if (expected === 'object' && there === null && path.length > 0) return ': {} is one without options'
  return expected === 'string' && (typeof there === 'number' || typeof there === 'boolean') ? ': put it in quotes' : ''
}

function shownOrKind(value: unknown): string {
  return typeof value === 'object' ? kindOf(value) : shownValue(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeInWords(typeof value)
}

/** Writes a path as one would in JavaScript: `realms.realm1.roles["my role"].permissions[0]`. */
export function pathOf(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w$-]+$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`
    else text += `[${JSON.stringify(String(part))}]`
  }
  return text
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const part of path) at = (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part]
  return at
}

/** Values of these options are not shown. */
function isSecret(path: readonly PropertyKey[]): boolean {
  return path.some(part => ['ticket', 'secret', 'salt', 'storedKey', 'serverKey', 'routerKey'].includes(String(part)))
}

import { shownValue } from '@autobahn-ts/websocket/portable'
import type { z } from 'zod'

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
    return { path: [...issue.path, key], message: `${place} has no option ${shownValue(key)}` }
  })
}

function sentenceOf(issue: Issue, value: unknown): string {
  const name = issue.path.length === 0 ? 'the config' : pathOf(issue.path)
  const there = valueAt(value, issue.path)
  if (there === undefined && issue.code === 'invalid_type') return `${name} is missing: it must be ${typeInWords(issue.expected)}`
  const shown = isSecret(issue.path) || typeof there === 'object' ? '' : `, and not ${shownValue(there)}`
  switch (issue.code) {
    case 'invalid_type':
      return `${name} must be ${typeInWords(issue.expected)}${shown}`
    case 'invalid_value':
      return `${name} must be one of ${issue.values.join(', ')}${shown}`
    case 'too_small':
      return issue.origin === 'array'
        ? `${name} must not be empty`
        : lengthOrNumber(name, issue.message, `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`, shown)
    case 'too_big':
      return `${name} must be at most ${issue.maximum}${shown}`
    case 'invalid_key':
      return `${name}: a name ${issue.issues[0]?.message ?? 'is not allowed'}`
    case 'invalid_format':
      return `${name} ${issue.message.startsWith('must') ? issue.message : `must be ${issue.format}`}${shown}`
    default:
      return `${name} ${issue.message}`
  }
}

function lengthOrNumber(name: string, own: string, bound: string, shown: string): string {
  return own.startsWith('must') ? `${name} ${own}` : `${name} must be ${bound}${shown}`
}

function typeInWords(type: string): string {
  const article = /^[aeio]/.test(type) ? 'an' : 'a'
  return type === 'record' ? 'an object' : type === 'int' ? 'an integer' : `${article} ${type}`
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

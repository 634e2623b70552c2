import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/** Checks a subject. Throws `ApiMisuse` with the reason. */
export function checkSubject(subject: string): void {
  checkText(subject, 'subject')
  if (!mayHaveWildcard.test(subject)) return
  const wildcard = subject.split('.').find(isWildcard)
  if (wildcard !== undefined) throw new ApiMisuse(`subject ${shownValue(subject)} has the token ${wildcard}, which only patterns may have`)
}

/** Checks a pattern. Throws `ApiMisuse` with the reason. */
export function checkPattern(pattern: string): void {
  checkText(pattern, 'pattern')
  const at = pattern.split('.').indexOf('>')
  if (at >= 0 && at < pattern.split('.').length - 1) throw new ApiMisuse(`pattern ${shownValue(pattern)} has the token > before its end`)
}

/** Tells whether a pattern stands for more than one subject. */
export function hasWildcard(pattern: string): boolean {
  return mayHaveWildcard.test(pattern) && pattern.split('.').some(isWildcard)
}

/** Tells whether a subject fits a pattern. Both are valid. */
export function fits(subject: string, pattern: string): boolean {
  return tokensFit(subject.split('.'), pattern.split('.'))
}

/** Tells whether the tokens of a subject fit those of a pattern. */
export function tokensFit(subject: readonly string[], pattern: readonly string[]): boolean {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '>') return subject.length > at
    if (at === subject.length || (pattern[at] !== '*' && pattern[at] !== subject[at])) return false
  }
  return subject.length === pattern.length
}

/**
 * Makes a subject of any text, so that different texts have different subjects. Dots stay, and divide it into tokens. Texts without `*`,
 * `>` and `=` stay as they are.
 *
 * Throws `ApiMisuse` where the subject would be too long.
 */
export function subjectOf(name: string): string {
  if (typeof name !== 'string') throw new ApiMisuse(`a subject is made of a string, and not of ${shownValue(name)}`)
  const subject = mustBeEscaped.test(name) ? name.split('.').map(escaped).join('.') : name
  checkSubject(subject)
  return subject
}

/** The largest number of UTF-16 units of a subject or a pattern. */
export const longestSubject = 8192

function checkText(text: string, what: string): void {
  if (typeof text !== 'string') throw new ApiMisuse(`a ${what} must be a string, and not ${shownValue(text)}`)
  if (text.length > longestSubject) throw new ApiMisuse(`a ${what} has at most ${longestSubject} characters, and not ${text.length}`)
}

function isWildcard(token: string): boolean {
  return token === '*' || token === '>'
}

function escaped(token: string): string {
  if (token === '*') return '=2A'
  if (token === '>') return '=3E'
  return token.replaceAll('=', '=3D')
}

const mayHaveWildcard = /[*>]/
const mustBeEscaped = /[*>=]/

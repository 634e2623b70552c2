import type { SubjectNumber } from './numbering.ts'

/** A message by which participants learn of each other. */
export interface Announcement {
  /** The last numbers of the publisher under some subjects. */
  readonly numbers: readonly SubjectNumber[]
  /** Whether the publisher asks all others to list all their numbers, because its link was away. */
  readonly asks: boolean
  /** Whether the publisher ends. */
  readonly ends: boolean
}

/** Writes an announcement as texts of JSON, each of at most so many UTF-16 units where a single subject is not longer. */
export function announcementTexts({ numbers, asks, ends }: Announcement, most: number): string[] {
  const parts: SubjectNumber[][] = [[]]
  let size = 0
  for (const each of numbers) {
    const length = each[0].length * mostEscaped + 24
    if (size > 0 && size + length > most) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(each)
    size += length
  }
  return parts.map((part, at) => JSON.stringify({ numbers: part, asks: asks && at === 0, ends: ends && at === parts.length - 1 }))
}

/** Reads an announcement. Returns `undefined` where the text is not one. */
export function readAnnouncement(text: string): Announcement | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { numbers, asks, ends } = value as Partial<Record<string, unknown>>
  if (!Array.isArray(numbers) || typeof asks !== 'boolean' || typeof ends !== 'boolean') return undefined
  return numbers.every(isSubjectNumber) ? { numbers, asks, ends } : undefined
}

function isSubjectNumber(value: unknown): value is SubjectNumber {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isSafeInteger(value[1]) && value[1] > 0
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The largest number of octets in JSON for one UTF-16 unit. */
const mostEscaped = 6

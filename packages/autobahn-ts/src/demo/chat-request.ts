/** A request that a page may send to the chat. */
export type ChatRequest = { readonly type: 'enter'; readonly name: string } | { readonly type: 'say'; readonly text: string }

/** Reads a message of a page. Throws a `ChatRefusal` for a wrong one, in words for the person who typed it. */
export function readChatRequest(json: string): ChatRequest {
  const request = parsed(json)
  if (request.type === 'enter') return { type: 'enter', name: tidy(request.name, 'name', longestName) }
  if (request.type === 'say') return { type: 'say', text: tidy(request.text, 'message', longestText) }
  throw new ChatRefusal('The type of a request must be "enter" or "say".')
}

/** A line of another server's guest. */
export interface LineElsewhere {
  readonly name: string
  readonly text: string
}

/** Reads a line that another server has published. Throws a `ChatRefusal` for a wrong one: it is checked as a message of a page is. */
export function readLineElsewhere(json: string): LineElsewhere {
  const { name, text } = parsed(json)
  return { name: tidy(name, 'name', longestName), text: tidy(text, 'message', longestText) }
}

/** A refusal that is sent to the page and shown there. */
export class ChatRefusal extends Error {
  override readonly name = 'ChatRefusal'
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw new ChatRefusal('The request is not a JSON object.')
}

/**
 * Returns a text as one trimmed line, with a space in place of line ends and control characters. Refuses an empty text and one that is too
 * long; characters are counted as people count them, not in UTF-16 units.
 */
function tidy(value: unknown, what: string, most: number): string {
  if (typeof value !== 'string') throw new ChatRefusal(`The ${what} is missing.`)
  const text = value.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  if (text === '') throw new ChatRefusal(`The ${what} is empty.`)
  if ([...text].length > most) throw new ChatRefusal(`The ${what} is longer than ${most} characters.`)
  return text
}

export const longestName = 24
export const longestText = 500

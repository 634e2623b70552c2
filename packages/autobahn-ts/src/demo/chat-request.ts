/** What a page may ask of the chat. */
export type ChatRequest = { readonly type: 'enter'; readonly name: string } | { readonly type: 'say'; readonly text: string }

/** Reads a message of a page. What is wrong with it is thrown as a `ChatRefusal`, in words for the person who typed it. */
export function readChatRequest(json: string): ChatRequest {
  const request = parsed(json)
  if (request.type === 'enter') return { type: 'enter', name: tidy(request.name, 'name', longestName) }
  if (request.type === 'say') return { type: 'say', text: tidy(request.text, 'message', longestText) }
  throw new ChatRefusal('The chat knows only "enter" and "say".')
}

/** Told to the page, and shown there. */
export class ChatRefusal extends Error {
  override readonly name = 'ChatRefusal'
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw new ChatRefusal('That was not a JSON object.')
}

/** One line without control characters; characters are counted as people count them, not as UTF-16 does. */
function tidy(value: unknown, what: string, most: number): string {
  if (typeof value !== 'string') throw new ChatRefusal(`The ${what} is missing.`)
  const text = value.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  if (text === '') throw new ChatRefusal(`The ${what} is empty.`)
  if ([...text].length > most) throw new ChatRefusal(`The ${what} is longer than ${most} characters.`)
  return text
}

export const longestName = 24
export const longestText = 500

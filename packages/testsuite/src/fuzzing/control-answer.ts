import { anything, close, informationalClose, send, text } from '../cases/words.ts'
import { Conversation } from '../run/conversation.ts'
import { Exchange } from '../run/exchange.ts'
import type { Opened } from '../run/open-as-client.ts'
import type { Pace } from '../run/pace.ts'
import { TesteeLink } from '../run/testee-link.ts'

/** Answers on a control path: sends a text message, unless it is empty, then a close frame. */
export async function answer(opened: Opened, message: string, pace: Pace): Promise<void> {
  if (opened.kind !== 'opened') return
  const link = new TesteeLink({ socket: opened.socket, rest: opened.rest, role: 'server', exchange: new Exchange() })
  const steps = [...(message === '' ? [] : [send(text(message))]), close()]
  const control = { id: 'control', title: '', expectation: '', section: '', steps, accepted: [anything], close: informationalClose }
  await new Conversation(control, link, pace).play()
}

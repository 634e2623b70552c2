import { choicesByOptions } from '../../extensions/permessage-deflate/choices.ts'
import { type PerMessageDeflateOptions, perMessageDeflateOptions } from '../../extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../../extensions/permessage-deflate/permessage-deflate.ts'
import type { Extension } from '../../protocol/extending/extension.ts'
import { defaultsOf, resolveOptions } from '../../protocol/options/option-table.ts'
import { nodeDeflate } from '../runtime/node-deflate.ts'

/**
 * Compression of messages, RFC 7692, for the option `extensions` of servers and clients; one object may serve several factories.
 *
 * Off unless it is given: what an attacker can add to, and see the length of, tells what else is in it (CRIME, BREACH). Messages that mix
 * secrets with what others wrote are better sent with `doNotCompress`. Unknown names and ill-typed values are misuse.
 */
export function permessageDeflate(options: Partial<PerMessageDeflateOptions> = {}): Extension {
  const resolved = resolveOptions(perMessageDeflateOptions, defaultsOf(perMessageDeflateOptions), options, 'permessageDeflate')
  return new PerMessageDeflate(nodeDeflate, choicesByOptions(resolved), resolved.maxContexts)
}

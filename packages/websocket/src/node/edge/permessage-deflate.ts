import { choicesByOptions } from '../../extensions/permessage-deflate/choices.ts'
import { type PerMessageDeflateOptions, perMessageDeflateOptions } from '../../extensions/permessage-deflate/options.ts'
import { PerMessageDeflate } from '../../extensions/permessage-deflate/permessage-deflate.ts'
import type { Extension } from '../../protocol/extending/extension.ts'
import { defaultsOf, resolveOptions } from '../../protocol/options/option-table.ts'
import { nodeDeflate } from '../runtime/node-deflate.ts'

/**
 * Makes the extension permessage-deflate, RFC 7692, for the option `extensions` of servers and clients; one object may serve several
 * factories.
 *
 * Compression is off without it: an attacker who can add text to a message and see its length learns about the rest of it (CRIME, BREACH).
 * Messages that mix secrets with texts of other users should be sent with `doNotCompress`. Throws `ApiMisuse` for unknown options and
 * values of the wrong type.
 */
export function permessageDeflate(options: Partial<PerMessageDeflateOptions> = {}): Extension {
  const resolved = resolveOptions(perMessageDeflateOptions, defaultsOf(perMessageDeflateOptions), options, 'permessageDeflate')
  return new PerMessageDeflate(nodeDeflate, choicesByOptions(resolved), resolved.maxContexts)
}

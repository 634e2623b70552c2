import {
  checkMessage,
  type Dict,
  ErrorUri,
  isReservedUri,
  isUri,
  MessageType,
  type PublishOptions,
  payloadOf,
} from '@autobahn-ts/wamp/protocol'
import { keptSize } from '../broker/kept-size.ts'
import { type MetaArguments, MetaFailure, wrong } from './meta-arguments.ts'
import { type MetaCall, type MetaProcedure, whereAllowed } from './meta-call.ts'
import type { TestamentScope } from './testaments.ts'

export const testamentProcedures: Readonly<Record<string, MetaProcedure>> = {
  'wamp.session.add_testament': call => {
    const { args, realm, session } = call
    const topic = args.text(0, 'topic')
    const payload = payloadOf(args.list(1, 'args'), args.optionalDict(2, 'kwargs'))
    const scope = scopeOf(args)
    const options = publishOptions(call, topic)
    if (session.testaments.size >= realm.limits.maxTestaments)
      throw new MetaFailure(ErrorUri.unavailable, `a session has at most ${realm.limits.maxTestaments} testaments`)
    if (session.testaments.octets + keptSize({ topic, payload, options }) > realm.limits.maxTestamentSize)
      throw new MetaFailure(ErrorUri.unavailable, `the testaments of a session take at most ${realm.limits.maxTestamentSize} octets`)
    return whereAllowed(
      realm.access.mayDo(session, 'publish', topic, 'exact'),
      () => session.testaments.add(scope, { topic, payload, options }),
      () => {
        throw new MetaFailure(ErrorUri.notAuthorized, 'a testament needs the permission to publish to its topic')
      },
    )
  },
  'wamp.session.flush_testaments': ({ args, session }) => session.testaments.flush(scopeOf(args)),
}

function scopeOf(args: MetaArguments): TestamentScope {
  const scope = args.keywordText('scope') ?? 'destroyed'
  if (scope === 'destroyed' || scope === 'detached') return scope
  throw wrong('scope', '"destroyed" or "detached"')
}

/** Reads the options of the publication, by the same rules as those of PUBLISH. */
function publishOptions({ args, realm }: MetaCall, topic: string): PublishOptions {
  const { uriRules, maxUriLength } = realm.limits
  if (!isUri(topic, uriRules) || isReservedUri(topic) || topic.length > maxUriLength)
    throw new MetaFailure(ErrorUri.invalidUri, 'the topic of a testament must be a URI of the application')
  const options = args.keyword('publish_options') ?? {}
  try {
    checkMessage([MessageType.PUBLISH, 1, options, topic])
  } catch (error) {
    throw new MetaFailure(ErrorUri.invalidArgument, (error as Error).message)
  }
  return options as Dict
}

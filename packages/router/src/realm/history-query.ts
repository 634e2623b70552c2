import type { Id } from '@autobahn-ts/wamp/protocol'
import type { HistoryFilter } from '../broker/event-history.ts'
import { type MetaArguments, wrong } from './meta-arguments.ts'

/** Reads the filters of `wamp.subscription.get_events`. Throws `MetaFailure` for a value of the wrong kind. */
export function historyFilter(args: MetaArguments): HistoryFilter {
  return {
    reverse: flag(args, 'reverse'),
    limit: limit(args),
    fromTime: time(args, 'from_time'),
    afterTime: time(args, 'after_time'),
    beforeTime: time(args, 'before_time'),
    untilTime: time(args, 'until_time'),
    topic: args.keywordText('topic'),
    fromPublication: publication(args, 'from_publication'),
    afterPublication: publication(args, 'after_publication'),
    beforePublication: publication(args, 'before_publication'),
    untilPublication: publication(args, 'until_publication'),
  }
}

function flag(args: MetaArguments, name: string): boolean | undefined {
  const value = args.keyword(name)
  if (value === undefined || typeof value === 'boolean') return value
  throw wrong(name, 'true or false')
}

function limit(args: MetaArguments): number | undefined {
  const value = args.keyword('limit')
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value > 0)) return value
  throw wrong('limit', 'an integer from 1')
}

/** Reads a time of RFC 3339, into milliseconds since 1970. */
function time(args: MetaArguments, name: string): number | undefined {
  const text = args.keywordText(name)
  if (text === undefined) return undefined
  const milliseconds = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) throw wrong(name, 'a time as in RFC 3339, such as 2026-11-30T12:00:00Z')
  return milliseconds
}

function publication(args: MetaArguments, name: string): Id | undefined {
  const value = args.keyword(name)
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value > 0)) return value
  throw wrong(name, 'the id of a publication')
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

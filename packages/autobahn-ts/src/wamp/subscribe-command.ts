import { WampError } from '@autobahn-ts/wamp'
import { Command, Option } from 'commander'
import { endOnSignals } from '../end-on-signals.ts'
import { wholeNumberFrom } from '../number-flag.ts'
import { printable } from '../printable.ts'
import { clientFrom, exitStatusesOfLasting, note, revocation, sentenceOf, untilGivenUp, withClientFlags } from './client-flags.ts'
import { lineOf, payloadLine } from './values.ts'

/** The command `autobahn-ts subscribe URL TOPIC`. */
export function subscribeCommand(): Command {
  const command = withClientFlags(new Command('subscribe').description('Prints the events of a topic, one line each, until Ctrl-C.'))
    .argument('<topic>', 'URI of the topic, or a pattern.')
    .addOption(new Option('--match <policy>', 'How the topic is meant.').choices(['exact', 'prefix', 'wildcard']).default('exact'))
    .option('--count <number>', 'Number of events after which it ends.', wholeNumberFrom(1, 1e9))
    .option('--retained', 'Prints the retained event first, if there is one.')
    .option('--details', 'Prints topic, publication and details too.')
    .showHelpAfterError('(see autobahn-ts subscribe --help)')
    .addHelpText('after', exitStatusesOfLasting)
  return command.action((url: string, topic: string) => subscribe(command, url, topic))
}

interface SubscribeValues {
  readonly match: 'exact' | 'prefix' | 'wildcard'
  readonly count?: number
  readonly retained?: boolean
  readonly details?: boolean
}

async function subscribe(command: Command, url: string, topic: string): Promise<void> {
  const { match, count, retained, details: withDetails } = command.opts<SubscribeValues>()
  const client = await clientFrom(command, url, true)
  const { onRevoked, revoked } = revocation('subscription')
  let left = count ?? Number.POSITIVE_INFINITY
  let isDone = (): void => {}
  const done = new Promise<void>(resolve => {
    isDone = resolve
  })
  try {
    await client.untyped.subscribe(
      topic,
      event => {
        if (left-- <= 0) return
        const { topic, publication, args, kwargs, details } = event
        console.log(withDetails === true ? lineOf({ topic, publication, args, kwargs, details }) : payloadLine(args, kwargs))
        if (left === 0) isDone()
      },
      { match, onRevoked, ...(retained === true && { getRetained: true }) },
    )
    const signalled = endOnSignals(async () => {})
    note(`subscribed to ${printable(topic)}`)
    // the program that reads the events has ended
    process.stdout.once('error', isDone)
    await Promise.race([done, signalled, revoked, untilGivenUp(client)])
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exitCode = error instanceof WampError ? 2 : 1
  }
  await client.close()
}

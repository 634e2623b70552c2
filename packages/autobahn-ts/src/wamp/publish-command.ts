import { WampError } from '@autobahn-ts/wamp'
import { Command } from 'commander'
import { clientFrom, exitStatusesOfRequest, keywordFrom, sentenceOf, withClientFlags } from './client-flags.ts'
import { valueFrom } from './values.ts'

/** The command `autobahn-ts publish URL TOPIC VALUE …`. */
export function publishCommand(): Command {
  const command = withClientFlags(
    new Command('publish').description('Publishes an event through a WAMP router, and waits until it has it.'),
  )
    .argument('<topic>', 'URI of the topic.')
    .argument('[values...]', 'Arguments; JSON, or else texts.')
    .option('--kw <name=value>', 'Keyword argument; repeatable.', keywordFrom)
    .option('--retain', 'Has the router keep the event for those who subscribe later.')
    .showHelpAfterError('(see autobahn-ts publish --help)')
    .addHelpText('after', exitStatusesOfRequest)
  return command.action((url: string, topic: string, values: readonly string[]) => publish(command, url, topic, values))
}

async function publish(command: Command, url: string, topic: string, values: readonly string[]): Promise<void> {
  const { kw = {}, retain } = command.opts<{ readonly kw?: Readonly<Record<string, unknown>>; readonly retain?: boolean }>()
  const client = await clientFrom(command, url, false)
  try {
    await client.untyped.publish(topic, values.map(valueFrom), kw, { acknowledge: true, ...(retain === true && { retain: true }) })
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exitCode = error instanceof WampError ? 2 : 1
  }
  await client.close()
}

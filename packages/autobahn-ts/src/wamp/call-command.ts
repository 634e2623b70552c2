import { WampError } from '@autobahn-ts/wamp'
import { Command } from 'commander'
import { secondsUpTo } from '../number-flag.ts'
import { clientFrom, exitStatusesOfRequest, keywordFrom, sentenceOf, withClientFlags } from './client-flags.ts'
import { lineOf, payloadLine, valueFrom } from './values.ts'

/** The command `autobahn-ts call URL PROCEDURE VALUE …`. */
export function callCommand(): Command {
  const command = withClientFlags(new Command('call').description('Calls a procedure through a WAMP router, and prints the result.'))
    .argument('<procedure>', 'URI of the procedure.')
    .argument('[values...]', 'Arguments; JSON, or else texts.')
    .option('--kw <name=value>', 'Keyword argument; repeatable.', keywordFrom)
    .option('--progress', 'Prints progressive results as they come, one line each.')
    .option('--call-timeout <seconds>', 'Time for the call.', secondsUpTo(86_400))
    .showHelpAfterError('(see autobahn-ts call --help)')
    .addHelpText('after', exitStatusesOfRequest)
  return command.action((url: string, procedure: string, values: readonly string[]) => call(command, url, procedure, values))
}

interface CallValues {
  readonly kw?: Readonly<Record<string, unknown>>
  readonly progress?: boolean
  readonly callTimeout?: number
}

async function call(command: Command, url: string, procedure: string, values: readonly string[]): Promise<void> {
  const { kw = {}, progress, callTimeout } = command.opts<CallValues>()
  const client = await clientFrom(command, url, false)
  const ending = new AbortController()
  const onSignal = (): void => ending.abort()
  process.once('SIGINT', onSignal)
  try {
    const { args, kwargs } = await client.untyped.callResult(procedure, values.map(valueFrom), kw, {
      signal: ending.signal,
      ...(callTimeout !== undefined && { timeout: callTimeout * 1000 }),
      ...(progress === true && { onProgress: (value: unknown) => console.log(lineOf(value)) }),
    })
    console.log(payloadLine(args, kwargs))
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    process.exitCode = ending.signal.aborted ? 130 : error instanceof WampError ? 2 : 1
  }
  process.off('SIGINT', onSignal)
  await client.close()
}

import { InvalidArgumentError } from 'commander'

/** Reads the address of a WebSocket server, also that of a Unix socket. Throws `InvalidArgumentError` for anything else. */
export function urlFrom(text: string): string {
  if (/^wss?:\/\/./.test(text) && URL.canParse(text)) return text
  if (/^wss?\+unix:./.test(text)) return text
  const hint = /^https?:\/\//.test(text)
    ? `Write ${text.replace(/^http/, 'ws')}.`
    : /^[\w.-]+(:\d+)?(\/|$)/.test(text)
      ? `Write ws://${text}.`
      : 'For example ws://127.0.0.1:9000.'
  throw new InvalidArgumentError(`It must be an address with ws:// or wss://. ${hint}`)
}

/** Reads the path of a URL. Throws `InvalidArgumentError` for anything else, such as the name of a file. */
export function urlPathFrom(text: string): string {
  if (/^\/[^\s?#]*$/.test(text)) return text
  throw new InvalidArgumentError('It must be the path of a URL, such as /chat. A Unix socket is --unix.')
}

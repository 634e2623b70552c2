import { spawnSync } from 'node:child_process'

/**
 * A network namespace of Linux with two links to this one: `nats`, which can be cut, and `members`. Its own addresses are 10.211.1.2 and 10.211.2.2; this
 * side has 10.211.1.1 and 10.211.2.1.
 */
export class NetworkNamespace {
  readonly name = `abts${process.pid}`

  /** Tells whether this machine allows namespaces: it takes Linux, root and the program `ip`. */
  static get isAllowed(): boolean {
    const name = `abtsprobe${process.pid}`
    const isAllowed = spawnSync('ip', ['netns', 'add', name]).status === 0
    if (isAllowed) ip('netns', 'del', name)
    return isAllowed
  }

  constructor() {
    ip('netns', 'add', this.name)
    ip('-n', this.name, 'link', 'set', 'lo', 'up')
    for (const [at, link] of links.entries()) {
      const [here, there] = [`ab${link}${process.pid}`.slice(0, 15), `bb${link}${process.pid}`.slice(0, 15)]
      ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', this.name)
      ip('addr', 'add', `10.211.${at + 1}.1/24`, 'dev', here)
      ip('link', 'set', here, 'up')
      ip('-n', this.name, 'addr', 'add', `10.211.${at + 1}.2/24`, 'dev', there)
      ip('-n', this.name, 'link', 'set', there, 'up')
    }
  }

  /** Cuts the link to NATS: what is sent is lost, and no side is told. */
  cut(): void {
    ip('-n', this.name, 'route', 'add', 'blackhole', '10.211.1.1/32')
    ip('route', 'add', 'blackhole', '10.211.1.2/32')
  }

  mend(): void {
    ip('-n', this.name, 'route', 'del', 'blackhole', '10.211.1.1/32')
    ip('route', 'del', 'blackhole', '10.211.1.2/32')
  }

  remove(): void {
    spawnSync('ip', ['route', 'del', 'blackhole', '10.211.1.2/32'])
    for (const link of links) spawnSync('ip', ['link', 'del', `ab${link}${process.pid}`.slice(0, 15)])
    ip('netns', 'del', this.name)
  }
}

function ip(...given: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', given, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${given.join(' ')}: ${stderr}`)
}

const links = ['n', 'm'] as const

import { afterEach, describe, expect, it, vi } from 'vitest'
import { followNetwork, isLocal, isOffline } from '../../src/browser/network.ts'

afterEach(() => vi.unstubAllGlobals())

describe('isOffline', () => {
  it('is true only where a browser says so', () => {
    const said = [{ onLine: false }, { onLine: true }, {}, undefined].map(navigator => {
      vi.stubGlobal('navigator', navigator)
      return isOffline()
    })
    expect(said).toEqual([true, false, false, false])
  })
})

describe('isLocal', () => {
  it('is true for the names and addresses of this machine', () => {
    for (const host of ['localhost', 'app.localhost:8080', '127.0.0.1', '127.1.2.3:80', '[::1]:9000']) {
      expect({ host, isLocal: isLocal(`ws://${host}/chat`) }).toEqual({ host, isLocal: true })
    }
    for (const host of ['example.com', 'localhost.example.com', '127.example.com', '10.0.0.1', 'notlocalhost']) {
      expect({ host, isLocal: isLocal(`wss://${host}`) }).toEqual({ host, isLocal: false })
    }
    expect(isLocal('')).toBe(false)
  })
})

describe('followNetwork', () => {
  it('gives up offline, and tries online and when the page is looked at, until it is ended', () => {
    const events = new Map<string, () => void>()
    const target = {
      addEventListener: (type: string, listener: () => void) => events.set(type, listener),
      removeEventListener: (type: string) => events.delete(type),
    }
    const document = { ...target, hidden: true }
    vi.stubGlobal('addEventListener', target.addEventListener)
    vi.stubGlobal('removeEventListener', target.removeEventListener)
    vi.stubGlobal('document', document)
    const calls: string[] = []
    const connection = { giveUp: (why: string) => calls.push(why), retryNow: () => calls.push('retry') }
    let matters = false
    const end = followNetwork(connection, () => matters)
    events.get('offline')!()
    matters = true
    events.get('offline')!()
    events.get('online')!()
    events.get('visibilitychange')!()
    document.hidden = false
    events.get('visibilitychange')!()
    expect(calls).toEqual(['the browser is offline', 'retry', 'retry'])
    end()
    expect(events.size).toBe(0)
  })

  it('does nothing where the platform has no online events', () => {
    for (const name of ['addEventListener', 'removeEventListener', 'document']) vi.stubGlobal(name, undefined)
    const calls: string[] = []
    followNetwork({ giveUp: () => calls.push('gave up'), retryNow: () => calls.push('retry') }, () => true)()
    expect(calls).toEqual([])
  })
})

/** The page at `/`. It asks for `status.json` each second; texts of clients come into it as text alone, so they cannot be markup. */
export const statusPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>WAMP router</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
  h2 { margin: 2rem 0 .5rem }
  dl { display: flex; gap: 2rem; margin: 0 }
  dt { opacity: .7 }
  dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
  caption { text-align: left; font-weight: 600 }
  th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere }
  #lost { color: #c33 }
</style>
<h1>WAMP router</h1>
<p id="lost" hidden>The router does not answer. This page tries again.</p>
<main></main>
<script type="module">
  const main = document.querySelector('main')
  const element = (name, ...content) => {
    const made = document.createElement(name)
    made.append(...content)
    return made
  }
  const table = (title, count, names, rows) => {
    const head = element('tr', ...names.map(name => element('th', name)))
    const body = rows.map(row => element('tr', ...row.map(value => element('td', String(value)))))
    const more = count > rows.length ? [element('tr', element('td', '… ' + (count - rows.length) + ' more'))] : []
    return element('table', element('caption', title), head, ...body, ...more)
  }
  const numbers = pairs => element('dl', ...pairs.map(([name, value]) => element('div', element('dt', name), element('dd', String(value)))))
  let last
  const perSecond = (realm, direction, type) => {
    const before = last?.realms.find(({ name }) => name === realm.name)?.[direction][type] ?? 0
    const count = (realm[direction][type] ?? 0) - before
    // without an earlier answer, and after a new start of the router, there is no rate yet
    return last === undefined || count < 0 ? 0 : count / last.seconds
  }
  const rate = number => number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 })
  const rates = realm => {
    const types = [...new Set([...Object.keys(realm.received), ...Object.keys(realm.sent)])].sort()
    const rows = types.map(type => [type, perSecond(realm, 'received', type), perSecond(realm, 'sent', type)])
    return rows.map(([type, ...both]) => [type, ...both.map(rate)])
  }
  const shown = realm => element('section',
    element('h2', realm.name),
    numbers([['sessions', realm.sessionCount], ['topics', realm.topicCount], ['procedures', realm.procedureCount],
      ['calls in a second', rate(perSecond(realm, 'received', 'CALL'))], ['events in a second', rate(perSecond(realm, 'sent', 'EVENT'))],
      ['octets that wait', realm.waitingOctets], ['dropped', realm.dropped]]),
    table('Sessions', realm.sessionCount, ['id', 'name', 'role', 'transport', 'address'],
      realm.sessions.map(({ id, authid, authrole, transport, peer }) => [id, authid, authrole, transport, peer])),
    table('Topics', realm.topicCount, ['topic', 'match', 'subscribers'], realm.topics.map(({ uri, match, subscribers }) => [uri, match, subscribers])),
    table('Procedures', realm.procedureCount, ['procedure', 'match', 'invoke', 'callees'],
      realm.procedures.map(({ uri, match, invoke, callees }) => [uri, match, invoke, callees])),
    table('Messages in a second', 0, ['type', 'from clients', 'to clients'], rates(realm)))
  const lost = document.querySelector('#lost')
  const refresh = async () => {
    try {
      const response = await fetch('status.json', { headers: { 'x-status': '1' } })
      if (!response.ok) throw new Error(response.statusText)
      const realms = await response.json()
      const time = performance.now()
      if (last !== undefined) last.seconds = (time - last.time) / 1000
      main.replaceChildren(...realms.map(shown))
      last = { realms, time }
      lost.hidden = true
    } catch {
      lost.hidden = false
    }
    setTimeout(refresh, 1000)
  }
  refresh()
</script>
</html>
`

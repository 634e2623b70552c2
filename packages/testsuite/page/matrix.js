// The filters, folding and keyboard navigation of the matrix. Without this program the page shows everything.
;(() => {
  const form = document.querySelector('.filters')
  const table = document.querySelector('.matrix')
  const output = form.querySelector('output')
  const empty = document.querySelector('.empty')
  const groups = [...table.tBodies].map(groupOf)
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0)

  const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

  form.hidden = false
  form.addEventListener('submit', event => event.preventDefault())
  form.addEventListener('input', () => {
    keep()
    show()
  })
  for (const group of groups) group.button.addEventListener('click', () => fold(group, !isClosed(group)))
  form.querySelector('[data-open]').addEventListener('click', () => foldAll(false))
  form.querySelector('[data-close]').addEventListener('click', () => foldAll(true))
  empty.querySelector('[data-clear]').addEventListener('click', clear)
  document.addEventListener('keydown', onKey)
  addEventListener('hashchange', restore)
  new ResizeObserver(([{ target }]) => table.style.setProperty('--head', `${target.offsetHeight}px`)).observe(table.tHead.rows[0])

  rememberLegend(document.querySelector('.signs'))

  // In a long table only the groups with something other than OK are open at first.
  if (count > 60) for (const group of groups) fold(group, !group.rows.some(({ cells }) => cells.some(isRemarkable)))
  restore()

  /** Keeps the legend open until the user closes it. A browser that stores nothing for local pages shows it open each time. */
  function rememberLegend(legend) {
    try {
      legend.open = localStorage.getItem('legend') !== 'closed'
      legend.addEventListener('toggle', () => localStorage.setItem('legend', legend.open ? 'open' : 'closed'))
    } catch {
      // storage is switched off
    }
  }

  function groupOf(body) {
    const [head, ...rows] = body.rows
    return { body, button: head.querySelector('button'), rows: rows.map(rowOf) }
  }

  function rowOf(row) {
    const [head, ...cells] = row.cells
    const titles = cells.map(cell => cell.firstElementChild?.title ?? '')
    return { row, cells: cells.map(cell => cell.dataset.v ?? ''), words: `${head.textContent} ${titles.join(' ')}`.toLowerCase() }
  }

  function isRemarkable(finding) {
    return finding === 'failed' || finding === 'non-strict'
  }

  function isClosed({ body }) {
    return 'closed' in body.dataset
  }

  function fold(group, closed) {
    group.body.toggleAttribute('data-closed', closed)
    group.button.setAttribute('aria-expanded', String(!closed))
  }

  function foldAll(closed) {
    for (const group of groups) fold(group, closed)
  }

  function wanted() {
    const data = new FormData(form)
    return {
      words: data.get('q').toLowerCase().split(/\s+/).filter(Boolean),
      findings: data.getAll('v'),
      group: data.get('g'),
      agent: data.get('a'),
      differ: data.has('d'),
    }
  }

  function show() {
    const { words, findings, group: number, agent, differ } = wanted()
    const isFiltered = words.length > 0 || findings.length > 0 || number !== '' || differ
    let shown = 0
    for (const group of groups) {
      let inGroup = 0
      for (const { row, cells, words: text } of group.rows) {
        const looked = agent === '' ? cells : [cells[Number(agent)]]
        const fits =
          (number === '' || number === group.body.dataset.group) &&
          (findings.length === 0 || looked.some(finding => findings.includes(finding))) &&
          (!differ || new Set(cells.filter(Boolean)).size > 1) &&
          (agent === '' || looked[0] !== '') &&
          words.every(word => text.includes(word))
        row.hidden = !fits
        if (fits) inGroup++
      }
      group.body.hidden = inGroup === 0
      if (isFiltered && inGroup > 0) fold(group, false)
      shown += inGroup
    }
    empty.hidden = shown > 0
    output.textContent = shown === count ? `${count} cases` : `${shown} of ${count} cases`
  }

  function clear() {
    form.reset()
    keep()
    show()
  }

  /** Puts the filter into the address, so that the address can be sent, and the filter survives the way back from a case. */
  function keep() {
    const entries = [...new FormData(form)].filter(([, value]) => value !== '')
    const words = new URLSearchParams(entries).toString()
    history.replaceState(null, '', words === '' ? location.pathname + location.search : `#${words}`)
  }

  function restore() {
    const hash = location.hash.slice(1)
    const target = hash.startsWith('case-') ? document.getElementById(hash) : null
    const given = new URLSearchParams(target === null ? hash : '')
    for (const control of form.elements) {
      if (control.type === 'checkbox') control.checked = given.getAll(control.name).includes(control.value)
      else if (control.name) control.value = given.get(control.name) ?? ''
    }
    show()
    if (target === null) return
    fold(
      groups.find(({ body }) => body === target.parentElement),
      false,
    )
    target.scrollIntoView({ block: 'center' })
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isTyping = event.target.matches('input[type="search"], select')
    if (event.key === '/' && !isTyping) {
      event.preventDefault()
      form.elements.q.focus()
    } else if (event.key === 'Escape') clear()
    else if (event.key in arrows && !isTyping) move(event)
  }

  /** Moves the focus from link to link by arrow keys, and skips hidden rows. */
  function move(event) {
    const cell = event.target.closest('.matrix td, .matrix th')
    if (cell === null) return
    const [down, right] = arrows[event.key]
    const rows = [...table.querySelectorAll('tbody:not([hidden]) tr')].filter(row => row.offsetParent !== null)
    let row = rows.indexOf(cell.parentElement)
    let column = cell.cellIndex
    for (;;) {
      row += down
      column += right
      const next = rows[row]?.cells[column]
      if (next === undefined) return
      const link = next.querySelector('a, button')
      if (link === null) continue
      event.preventDefault()
      return link.focus()
    }
  }
})()

// The table of results: a column for each variant of each chosen run.
import { get, number, runPath } from './api.js'
import { el } from './elements.js'

const DETAIL = /^per_label\./

/** Shows what finished runs measured, means with their 95 % intervals over seeds. */
export class Compare {
  #root
  #every
  #summaries = new Map()
  #shown = []

  constructor(root, every) {
    this.#root = root
    this.#every = every
    every.addEventListener('change', () => this.#render())
  }

  async show(entries) {
    this.#shown = entries
    const wanted = entries.filter((e) => e.status === 'complete' && !this.#summaries.get(e.name)?.variants)
    if (wanted.length) this.#say('Loading results…')
    await Promise.all(wanted.map((e) => this.#load(e.name)))
    if (this.#shown === entries) this.#render()
  }

  async #load(run) {
    try {
      this.#summaries.set(run, await get(runPath(run, 'summary')))
    } catch (error) {
      this.#summaries.set(run, { problem: error.message })
    }
  }

  #say(text) {
    this.#root.replaceChildren(el('p', { class: 'empty', role: 'status' }, text))
  }

  #render() {
    const done = this.#shown.filter((e) => e.status === 'complete')
    const columns = done.flatMap((e) =>
      Object.entries(this.#summaries.get(e.name)?.variants ?? {}).map(([variant, results]) => ({ run: e.name, variant, results }))
    )
    if (columns.length === 0) {
      const problem = done.map((e) => this.#summaries.get(e.name)?.problem).find(Boolean)
      this.#say(problem ?? 'Results come when the run is complete.')
      return
    }
    const names = [...new Set(columns.flatMap((c) => Object.keys(c.results.metrics)))]
    const rows = names.filter((name) => this.#every.checked || !DETAIL.test(name)).sort(order)
    this.#root.replaceChildren(table(columns, rows, new Set(done.map((e) => e.name)).size > 1))
  }
}

const FIRST = ['separation', 'argmax', 'accuracy', 'decoder', 'reconstruction']

function order(a, b) {
  const rank = (name) => {
    const i = FIRST.findIndex((prefix) => name.startsWith(prefix))
    return i < 0 ? FIRST.length : i
  }
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true })
}

function table(columns, rows, several) {
  const head = columns.map((c) =>
    el('th', { scope: 'col', class: 'number' }, several && el('span', { class: 'over' }, c.run), c.variant)
  )
  const body = rows.map((name) => {
    const metrics = columns.map((c) => c.results.metrics[name])
    const whole = metrics.every((m) => !m || (Number.isInteger(m.mean) && !m.ci95))
    const largest = whole ? 1e3 : Math.max(...metrics.map((m) => Math.abs(m?.mean ?? 0)))
    return el('tr', {}, el('th', { scope: 'row' }, el('code', {}, name)), metrics.map((m) => cell(m, largest)))
  })
  const isolation = el(
    'tr',
    {},
    el('th', { scope: 'row' }, 'claims violated, of claimed'),
    columns.map((c) => {
      const found = c.results.isolation
      const text = found?.claims ? `${found.violations} of ${found.claims}` : 'none claimed'
      return el('td', { class: 'number' }, text)
    })
  )
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Results' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'metric'), head)),
      el('tbody', {}, isolation, body)
    )
  )
}

/** The numbers of a row have as many decimals as its largest needs, to be compared at a glance; counts have none. */
function cell(metric, largest) {
  if (!metric) return el('td', { class: 'number' }, '–')
  const half = metric.ci95 ? (metric.ci95[1] - metric.ci95[0]) / 2 : null
  return el('td', { class: 'number' }, number(metric.mean, largest), half !== null && el('span', { class: 'pm' }, ` ± ${number(half, largest)}`))
}

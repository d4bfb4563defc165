// The list of runs: click one to see it, tick several to compare.
import { number } from './api.js'
import { el, onceAFrame } from './elements.js'

const STATUS = {
  live: 'Training',
  complete: 'Complete',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
  damaged: 'Unreadable'
}

/** A status in words. */
export function statusText(entry) {
  return STATUS[entry.status] ?? entry.status
}

/** Keeps the list on the page equal to the entries it is told of; at most one change a frame. */
export class RunList {
  #entries = new Map()
  #rows = new Map()
  #chosen = new Set()
  #root
  #note
  #filter
  #onChoose
  #draw = onceAFrame(() => this.#render())

  constructor(root, note, filter, onChoose) {
    this.#root = root
    this.#note = note
    this.#filter = filter
    this.#onChoose = onChoose
    filter.addEventListener('input', this.#draw)
  }

  entry(name) {
    return this.#entries.get(name)
  }

  /** The names, newest first. */
  names() {
    return [...this.#entries.values()]
      .sort((a, b) => b.created.localeCompare(a.created) || a.name.localeCompare(b.name))
      .map((e) => e.name)
  }

  all(entries) {
    this.#entries = new Map(entries.map((e) => [e.name, e]))
    this.#render()
  }

  put(entry) {
    if (JSON.stringify(this.#entries.get(entry.name)) === JSON.stringify(entry)) return
    this.#entries.set(entry.name, entry)
    this.#rows.get(entry.name)?.show(entry)
    this.#draw()
  }

  remove(name) {
    this.#entries.delete(name)
    if (this.#chosen.delete(name)) this.choose([...this.#chosen])
    this.#draw()
  }

  choose(names) {
    this.#chosen = new Set(names)
    this.#mark()
    this.#onChoose([...this.#chosen])
  }

  #toggle(name, on) {
    if (on) this.#chosen.add(name)
    else this.#chosen.delete(name)
    this.choose([...this.#chosen])
  }

  #mark() {
    for (const [name, row] of this.#rows) row.mark(this.#chosen.has(name))
  }

  #render() {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = this.names().filter((name) => {
      const e = this.#entries.get(name)
      const text = `${name} ${e.experiment} ${e.preset} ${e.data} ${statusText(e)} ${e.variants.join(' ')}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    const empty = this.#entries.size === 0
    this.#note.hidden = shown.length > 0
    this.#note.textContent = empty
      ? 'No runs here yet. Start one with New run, or with sluice run in a terminal.'
      : 'No run matches the filter.'
    for (const [name, row] of this.#rows) {
      if (!this.#entries.has(name)) {
        row.element.remove()
        this.#rows.delete(name)
      }
    }
    const rows = shown.map((name) => this.#row(name).element)
    const now = this.#root.children
    if (now.length !== rows.length || rows.some((row, i) => now[i] !== row)) this.#root.replaceChildren(...rows)
    this.#mark()
  }

  #row(name) {
    let row = this.#rows.get(name)
    if (!row) {
      row = new Row(this.#entries.get(name), () => this.choose([name]), (on) => this.#toggle(name, on))
      this.#rows.set(name, row)
    }
    return row
  }
}

class Row {
  #tick
  #open
  #status = el('span', { class: 'status' })
  #meta = el('span', { class: 'meta' })
  #value = el('span', { class: 'value' })

  constructor(entry, choose, toggle) {
    this.#tick = el('input', {
      type: 'checkbox',
      'aria-label': `Compare ${entry.name}`,
      change: (e) => toggle(e.target.checked)
    })
    this.#open = el(
      'button',
      { type: 'button', class: 'entry', click: choose },
      el('span', { class: 'name' }, entry.name),
      this.#status,
      this.#meta,
      this.#value
    )
    this.element = el('li', { class: 'run' }, this.#tick, this.#open)
    this.show(entry)
  }

  show(e) {
    this.#status.textContent = statusText(e)
    this.#status.dataset.status = e.status
    const variants = e.variants.length === 1 ? e.variants[0] : `${e.variants.length} variants`
    const experiment = e.name.startsWith(e.experiment) ? '' : e.experiment
    this.#meta.textContent = e.experiment ? [experiment, e.preset, e.data, variants].filter(Boolean).join(' · ') : (e.problem ?? '')
    this.#value.textContent = e.last ? `loss ${number(e.last.loss)}, step ${(e.last.step + 1).toLocaleString()}` : ''
  }

  mark(chosen) {
    this.#tick.checked = chosen
    if (chosen) this.#open.setAttribute('aria-current', 'true')
    else this.#open.removeAttribute('aria-current')
  }
}

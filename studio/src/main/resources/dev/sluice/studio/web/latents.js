// A code to play with: sliders, pictures, a pad, digits to pick. It knows nothing of where codes are
// computed; the backend it is given does that, on a server or in the page.
import { coalesced, el } from './api.js'
import { Pad } from './drawing.js'
import { Picker } from './picker.js'
import { draw } from './picture.js'

/**
 * Builds the page's content in `root`.
 *
 * `backend`: {
 *   info: {width, height, units: [{label, group, low, high, rest}], views: [{id, label}]},
 *   encode(pixels) → promise of a code; pixels 0 to 1, row by row
 *   decode(code, off) → promise of {view id: bytes}; off: units that count as zero
 *   digits() → promise of {width, height, labels, pixels}, or of null where there are none
 * }
 */
export class Latents {
  #root
  #backend
  #info
  #code
  #base
  #off = new Set()
  #busy = false
  #again = false
  #views = new Map()
  #rows = []
  #parts = {}
  #decode = coalesced(() => this.#ask())

  constructor(root, backend) {
    this.#root = root
    this.#backend = backend
    this.#info = backend.info
    this.#base = this.#info.units.map((u) => u.rest)
    this.#code = [...this.#base]
    this.#build()
    this.#show()
    this.#digits()
  }

  #build() {
    const parts = this.#parts
    parts.pad = el('canvas', {
      class: 'pad',
      tabindex: '0',
      role: 'application',
      'aria-label': 'Pad to draw a digit on. Arrow keys move the pen, space lowers and lifts it, delete clears.'
    })
    parts.said = el('p', { class: 'hidden', role: 'status' })
    parts.seen = el('canvas', { class: 'picture', role: 'img', 'aria-label': 'The digit that was drawn or picked, as the model sees it' })
    parts.picker = el('div', {}, el('p', { class: 'empty' }, 'Loading digits…'))
    parts.problem = el('p', { class: 'problem', role: 'alert', hidden: true })
    parts.most = el('p', { class: 'most-line', role: 'status' })
    parts.vector = el('textarea', { class: 'vector', readonly: true, id: 'vector', rows: '4', spellcheck: 'false' })
    this.#root.replaceChildren(el('div', { class: 'lab' }, this.#inputs(), el('div', { class: 'stack' }, this.#outputs(), this.#sliders())))
    parts.board = new Pad(parts.pad, coalesced(() => this.#drawn()), (text) => (parts.said.textContent = text))
  }

  #inputs() {
    const { pad, picker, said } = this.#parts
    const clear = () => {
      this.#parts.board.clear()
      this.#reset(this.#info.units.map((u) => u.rest))
    }
    return el(
      'div',
      { class: 'stack' },
      el(
        'section',
        { 'aria-labelledby': 'draw-title' },
        el('h2', { id: 'draw-title' }, 'Draw a digit'),
        pad,
        said,
        el('div', { class: 'actions' }, el('button', { type: 'button', id: 'clear', click: clear }, 'Clear'))
      ),
      el('section', { 'aria-labelledby': 'pick-title' }, el('h2', { id: 'pick-title' }, 'Or pick one'), picker)
    )
  }

  #outputs() {
    const figures = this.#info.views.map((view, i) => {
      const canvas = el('canvas', { class: 'picture', role: 'img', 'aria-label': `${view.label}: picture of the code`, 'data-view': view.id })
      this.#views.set(view.id, canvas)
      return el('figure', { class: i === 0 ? 'main' : '' }, canvas, el('figcaption', {}, view.label))
    })
    const input = el('figure', {}, this.#parts.seen, el('figcaption', {}, 'Input'))
    return el(
      'section',
      { class: 'made', 'aria-labelledby': 'made-title' },
      el('h2', { id: 'made-title' }, 'What the code becomes'),
      el('div', { class: 'pictures' }, input, figures),
      this.#parts.problem
    )
  }

  #sliders() {
    const groups = new Map()
    this.#info.units.forEach((unit, i) => {
      const row = new Unit(unit, i, (value) => this.#set(i, value), (on) => this.#turn(i, on))
      this.#rows.push(row)
      if (!groups.has(unit.group)) groups.set(unit.group, [])
      groups.get(unit.group).push(row.element)
    })
    const columns = [...groups].map(([name, rows]) => el('div', { role: 'group', 'aria-label': name || 'Code' }, name && el('h3', {}, name), rows))
    const button = (id, text, click) => el('button', { type: 'button', id, click }, text)
    return el(
      'section',
      { 'aria-labelledby': 'code-title' },
      el(
        'div',
        { class: 'title-row' },
        el('h2', { id: 'code-title' }, 'Code'),
        el(
          'div',
          { class: 'controls' },
          button('reset', 'Reset', () => this.#reset(this.#base)),
          button('zero', 'All zero', () => this.#replace(this.#code.map(() => 0)))
        )
      ),
      this.#parts.most,
      el('div', { class: 'groups' }, columns),
      el('details', {}, el('summary', {}, 'Vector'), el('label', { class: 'hidden', for: 'vector' }, 'The code as numbers'), this.#parts.vector)
    )
  }

  async #digits() {
    const { picker } = this.#parts
    try {
      const digits = await this.#backend.digits()
      if (!digits) {
        picker.replaceChildren(el('p', { class: 'empty' }, 'The data of this run are not here; draw a digit instead.'))
        return
      }
      const choice = new Picker(picker, digits, (index) => {
        this.#parts.board.clear()
        this.#encode(choice.pixels(index))
      })
      choice.pick(0)
    } catch (error) {
      picker.replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message))
    }
  }

  #drawn() {
    if (this.#parts.board.empty) return
    for (const button of this.#parts.picker.querySelectorAll('.digits button')) button.setAttribute('aria-pressed', 'false')
    this.#encode(this.#parts.board.pixels(this.#info.width, this.#info.height))
  }

  async #encode(pixels) {
    draw(this.#parts.seen, pixels.map((v) => Math.round(v * 255)), this.#info.width, this.#info.height)
    this.#wanted = pixels
    if (this.#encoding) return
    this.#encoding = true
    try {
      while (this.#wanted) {
        const next = this.#wanted
        this.#wanted = null
        const code = await this.#backend.encode(next)
        this.#base = code
        this.#replace(code)
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#encoding = false
    }
  }

  #wanted = null
  #encoding = false

  #reset(code) {
    this.#base = code
    this.#off.clear()
    this.#replace(code)
  }

  #replace(code) {
    this.#code = [...code]
    this.#show()
  }

  #set(unit, value) {
    this.#code[unit] = value
    this.#show()
  }

  #turn(unit, on) {
    if (on) this.#off.delete(unit)
    else this.#off.add(unit)
    this.#show()
  }

  #show() {
    const on = this.#code.map((v, i) => (this.#off.has(i) ? -Infinity : v))
    const most = on.indexOf(Math.max(...on))
    this.#rows.forEach((row, i) => row.show(this.#code[i], !this.#off.has(i), i === most))
    const unit = this.#info.units[most]
    const value = most < 0 || !Number.isFinite(on[most]) ? null : on[most]
    this.#parts.most.textContent = value === null ? 'Every unit is off.' : `Largest: unit ${unit.label}${unit.group ? ` (${unit.group})` : ''}, ${fixed(value)}`
    this.#parts.vector.value = `[${this.#code.map((v, i) => (this.#off.has(i) ? 0 : Number(v.toPrecision(6)))).join(', ')}]`
    this.#decode()
  }

  /** One question at a time; what changed meanwhile is asked once, when the answer is there. */
  async #ask() {
    if (this.#busy) {
      this.#again = true
      return
    }
    this.#busy = true
    try {
      const pictures = await this.#backend.decode(this.#code, [...this.#off])
      for (const [id, canvas] of this.#views) draw(canvas, pictures[id], this.#info.width, this.#info.height)
      this.#parts.problem.hidden = true
      this.#root.dataset.shown = String(Number(this.#root.dataset.shown ?? 0) + 1)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#busy = false
    }
    if (this.#again) {
      this.#again = false
      this.#decode()
    }
  }

  #fail(error) {
    this.#parts.problem.textContent = error.message
    this.#parts.problem.hidden = false
  }
}

/** Three decimals, so that the numbers of a column stand under each other. */
const fixed = (v) => v.toFixed(3).replace('-', '−')

class Unit {
  #tick
  #slider
  #value = el('output')

  constructor(unit, index, set, turn) {
    const id = `unit-${index}`
    this.#tick = el('input', { type: 'checkbox', 'aria-label': `Unit ${unit.label} on`, change: (e) => turn(e.target.checked) })
    const margin = (unit.high - unit.low) * 0.1
    const [min, max] = [unit.low - margin, unit.high + margin]
    this.#slider = el('input', { type: 'range', id, min, max, step: 'any', input: (e) => set(Number(e.target.value)) })
    this.#slider.addEventListener('keydown', (e) => {
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key]
      if (!way) return
      e.preventDefault()
      set(Math.max(min, Math.min(max, Number(this.#slider.value) + (way * (max - min)) / 50)))
    })
    this.#value.setAttribute('for', id)
    this.element = el('div', { class: 'unit' }, this.#tick, el('label', { for: id }, unit.label), this.#slider, this.#value)
  }

  show(value, on, most) {
    this.#tick.checked = on
    if (Number(this.#slider.value) !== value) this.#slider.value = value
    this.#slider.setAttribute('aria-valuetext', fixed(value))
    this.#value.textContent = fixed(value)
    this.element.classList.toggle('off', !on)
    this.element.classList.toggle('most', most)
  }
}

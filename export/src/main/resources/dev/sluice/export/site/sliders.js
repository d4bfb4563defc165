// A slider and a switch for each unit of a code, in groups. Calls changed() after each move.
import { button, el, fixed } from './elements.js'

export function createSliders(info, changed) {
  const units = info.units.map((unit, i) => new Unit(unit, i, info.slider, changed))
  const names = [...new Set(info.units.map((u) => u.group))]
  const groups = names.map((name) => {
    const which = units.filter((_, i) => info.units[i].group === name)
    const turn = (on) => () => {
      for (const unit of which) unit.turn(on)
      changed()
    }
    return el(
      'div',
      { class: 'group', role: 'group', 'aria-label': name },
      el(
        'div',
        { class: 'switches' },
        el('h3', {}, name),
        button('All off', turn(false), { 'aria-label': `${name}: all off` }),
        button('All on', turn(true), { 'aria-label': `${name}: all on` })
      ),
      which.map((unit) => unit.row)
    )
  })

  return {
    element: el('div', { class: 'groups' }, groups),
    /** Takes these values, all units on. */
    set: (values) => units.forEach((unit, i) => unit.set(values[i])),
    /** What the decoders are given: 0 where a unit is off. */
    code: () => Float32Array.from(units, (unit) => unit.seen),
    /** Marks one unit, or none with −1. */
    mark: (index) => units.forEach((unit, i) => unit.row.classList.toggle('most', i === index))
  }
}

class Unit {
  #value = 0
  #scale
  #range
  #tick
  #number

  constructor(unit, i, scale, changed) {
    const id = `unit-${i}`
    this.#scale = scale
    this.#range = el('input', { ...scale, type: 'range', id, 'aria-label': `${unit.name}, value`, input: () => this.#moved(changed) })
    this.#tick = el('input', {
      type: 'checkbox',
      'aria-label': `${unit.name}, on`,
      change: () => {
        this.#show()
        changed()
      }
    })
    this.#number = el('output', { for: id })
    this.row = el('div', { class: 'unit' }, this.#tick, el('label', { for: id }, unit.label), this.#range, this.#number)
  }

  get seen() {
    return this.#tick.checked ? this.#value : 0
  }

  set(value) {
    this.#value = value
    this.#range.value = value
    this.turn(true)
  }

  turn(on) {
    this.#tick.checked = on
    this.#show()
  }

  #moved(changed) {
    this.#value = Number(this.#range.value)
    this.turn(true)
    changed()
  }

  #show() {
    const { min, max } = this.#scale
    const on = this.#tick.checked
    this.#number.textContent = on ? fixed(this.#value, 2) : 'off'
    this.row.classList.toggle('off', !on)
    const zero = (Math.max(min, 0) - min) / (max - min)
    const at = (Math.min(max, Math.max(min, this.#value)) - min) / (max - min)
    this.row.style.setProperty('--from', Math.min(zero, at))
    this.row.style.setProperty('--to', Math.max(zero, at))
    this.#range.setAttribute('aria-valuetext', this.#number.textContent)
  }
}

// Test digits to pick from, twenty at a time, all or one label's.
import { el } from './api.js'
import { draw } from './picture.js'

const PAGE = 20

/** Shows digits under `root`; `onPick` gets the index of the one that was chosen. */
export class Picker {
  #root
  #digits
  #onPick
  #label = null
  #from = 0
  #picked = -1

  /** `digits`: {width, height, labels, pixels}, one byte a pixel. */
  constructor(root, digits, onPick) {
    this.#root = root
    this.#digits = digits
    this.#onPick = onPick
    this.#render()
  }

  /** The pixels of a digit, 0 to 1. */
  pixels(index) {
    return Array.from(this.#bytes(index), (v) => v / 255)
  }

  #bytes(index) {
    const size = this.#digits.width * this.#digits.height
    return this.#digits.pixels.subarray(index * size, (index + 1) * size)
  }

  pick(index) {
    this.#picked = index
    for (const button of this.#root.querySelectorAll('.digits button'))
      button.setAttribute('aria-pressed', String(Number(button.dataset.index) === index))
    if (index >= 0) this.#onPick(index)
  }

  #render() {
    const all = [...this.#digits.labels.keys()].filter((i) => this.#label === null || this.#digits.labels[i] === this.#label)
    this.#from = Math.max(0, Math.min(this.#from, Math.floor((all.length - 1) / PAGE) * PAGE))
    const shown = all.slice(this.#from, this.#from + PAGE)
    this.#root.replaceChildren(
      this.#labels(),
      el('div', { class: 'digits' }, shown.map((i) => this.#button(i))),
      el(
        'div',
        { class: 'actions' },
        this.#page('Previous', -PAGE, this.#from === 0),
        this.#page('Next', PAGE, this.#from + PAGE >= all.length)
      )
    )
  }

  #labels() {
    const labels = [...new Set(this.#digits.labels)].sort((a, b) => a - b)
    const choose = (label) => () => {
      this.#label = label
      this.#from = 0
      this.#render()
      this.#root.querySelector(`.labels [data-label="${label}"]`).focus()
    }
    return el(
      'div',
      { class: 'labels', role: 'group', 'aria-label': 'Label of the digits' },
      [null, ...labels].map((label) =>
        el(
          'button',
          { type: 'button', 'data-label': String(label), 'aria-pressed': String(label === this.#label), click: choose(label) },
          label === null ? 'All' : String(label)
        )
      )
    )
  }

  #button(index) {
    const canvas = el('canvas', { class: 'picture' })
    draw(canvas, this.#bytes(index), this.#digits.width, this.#digits.height)
    return el(
      'button',
      {
        type: 'button',
        'data-index': index,
        'aria-label': `A ${this.#digits.labels[index]}, test digit ${index}`,
        'aria-pressed': String(index === this.#picked),
        click: () => this.pick(index)
      },
      canvas
    )
  }

  #page(text, by, disabled) {
    return el(
      'button',
      {
        type: 'button',
        disabled,
        click: () => {
          this.#from += by
          this.#render()
        }
      },
      text
    )
  }
}

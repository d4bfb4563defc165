// Test digits to choose from: a page of them at a time, all or those of one class. Arrow keys walk and choose.
import { button, el, paint } from './elements.js'

const PAGE = 40
const STEPS = { ArrowRight: 1, ArrowLeft: -1, PageDown: PAGE, PageUp: -PAGE }

export function createPicker({ height, width }, digits, chosen) {
  const all = Array.from({ length: digits.count }, (_, i) => i)
  const labels = [...new Set(all.map((i) => digits.label(i)))].sort((a, b) => a - b)
  const filter = el(
    'select',
    { 'aria-label': 'Which test images', change: narrow },
    el('option', { value: '' }, 'All'),
    labels.map((l) => el('option', { value: l }, `Only ${l}`))
  )
  const list = el('div', { class: 'digits', role: 'listbox', 'aria-label': 'Test images', 'aria-orientation': 'horizontal', keydown: walk })
  const place = el('span', { class: 'place' })
  const previous = button('‹', () => turn(-1), { 'aria-label': 'Previous page', class: 'turn' })
  const next = button('›', () => turn(1), { 'aria-label': 'Next page', class: 'turn' })
  let shown = []
  let first = 0
  let current = 0

  function fill() {
    list.replaceChildren(...shown.slice(first, first + PAGE).map(option))
    mark(current)
    place.textContent = `${first + 1}–${Math.min(first + PAGE, shown.length)} of ${shown.length}`
    previous.disabled = first === 0
    next.disabled = first + PAGE >= shown.length
  }

  function option(index) {
    const canvas = el('canvas', { class: 'ink', width, height, 'aria-hidden': 'true' })
    paint(canvas, digits.pixels(index), width, height)
    const label = `${digits.label(index)}, test image ${index + 1}`
    return el('div', { role: 'option', 'aria-label': label, click: () => choose(index) }, canvas)
  }

  function turn(by) {
    first = Math.max(0, Math.min(shown.length - 1, first + by * PAGE))
    fill()
  }

  function choose(index) {
    mark(index)
    chosen(index)
  }

  /** Marks an image as the one that is shown, or none with −1. One option takes the focus at least. */
  function mark(index) {
    current = index
    const options = [...list.children]
    const at = shown.indexOf(index) - first
    options.forEach((one, i) => {
      one.setAttribute('aria-selected', String(i === at))
      one.tabIndex = i === at || (!options[at] && i === 0) ? 0 : -1
    })
  }

  function walk(event) {
    const columns = getComputedStyle(list).gridTemplateColumns.split(' ').length
    const by = { ...STEPS, ArrowDown: columns, ArrowUp: -columns }[event.key]
    if (by === undefined && ![' ', 'Enter'].includes(event.key)) return
    event.preventDefault()
    const from = first + [...list.children].indexOf(document.activeElement)
    const to = Math.max(0, Math.min(shown.length - 1, from + (by ?? 0)))
    const page = Math.floor(to / PAGE) * PAGE
    if (page !== first) {
      first = page
      fill()
    }
    choose(shown[to])
    list.children[to - first].focus()
  }

  function narrow() {
    shown = filter.value === '' ? all : all.filter((i) => digits.label(i) === Number(filter.value))
    first = 0
    fill()
  }

  narrow()
  return { element: el('div', { class: 'picker' }, el('div', { class: 'pages' }, filter, previous, place, next), list), mark }
}

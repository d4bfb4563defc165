// A square to draw a digit on, with mouse, pen, finger or keyboard. Calls changed(pixels) while a stroke grows.
import { toDigit } from './digit.js'
import { el, onceAFrame, paint } from './elements.js'

const SIZE = 280
const BRUSH = 22
const STEP = 7
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export function createDrawing({ height, width }, changed) {
  const canvas = el('canvas', {
    class: 'ink draw',
    width: SIZE,
    height: SIZE,
    tabindex: 0,
    role: 'application',
    'aria-label': 'Drawing area',
    'aria-describedby': 'draw-help'
  })
  const pen = el('span', { class: 'pen', hidden: true, 'aria-hidden': 'true' })
  const g = canvas.getContext('2d', { willReadFrequently: true })
  g.lineWidth = BRUSH
  g.lineCap = g.lineJoin = 'round'
  let at = null
  let drawn = false
  let key = { x: SIZE / 2, y: SIZE / 4, down: false }

  const tell = onceAFrame(() => {
    if (!drawn) return
    const { data } = g.getImageData(0, 0, SIZE, SIZE)
    const ink = new Float32Array(SIZE * SIZE)
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i + 3] / 255
    changed(toDigit(ink, SIZE, height, width))
  })

  function line(from, to) {
    if (!drawn) g.clearRect(0, 0, SIZE, SIZE)
    drawn = true
    g.beginPath()
    g.moveTo(from.x, from.y)
    g.lineTo(to.x, to.y)
    g.stroke()
    tell()
  }

  function place(event) {
    const box = canvas.getBoundingClientRect()
    return { x: ((event.clientX - box.left) / box.width) * SIZE, y: ((event.clientY - box.top) / box.height) * SIZE }
  }

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    at = place(event)
    line(at, at)
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!at) return
    const seen = event.getCoalescedEvents?.() ?? []
    for (const one of seen.length ? seen : [event]) {
      const next = place(one)
      line(at, next)
      at = next
    }
  })
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => (at = null))

  function showPen() {
    pen.hidden = document.activeElement !== canvas || !canvas.matches(':focus-visible')
    pen.classList.toggle('down', key.down)
    pen.style.left = `${(100 * key.x) / SIZE}%`
    pen.style.top = `${(100 * key.y) / SIZE}%`
  }

  const inside = (v) => Math.min(SIZE - BRUSH / 2, Math.max(BRUSH / 2, v))
  canvas.addEventListener('keydown', (event) => {
    if (event.key === ' ' || event.key === 'Enter') {
      key.down = !key.down
      if (key.down) line(key, key)
    } else if (MOVES[event.key]) {
      const [x, y] = MOVES[event.key]
      const next = { ...key, x: inside(key.x + x * STEP), y: inside(key.y + y * STEP) }
      if (key.down) line(key, next)
      key = next
    } else {
      return
    }
    event.preventDefault()
    showPen()
  })
  canvas.addEventListener('focus', showPen)
  canvas.addEventListener('blur', () => {
    key.down = false
    showPen()
  })

  return {
    element: el('div', { class: 'holder' }, canvas, pen),
    clear() {
      g.clearRect(0, 0, SIZE, SIZE)
      drawn = true
      tell()
    },
    /** Shows an image that was not drawn; the next stroke starts afresh. */
    show(pixels) {
      const small = el('canvas', { width, height })
      paint(small, pixels, width, height)
      g.clearRect(0, 0, SIZE, SIZE)
      g.imageSmoothingEnabled = false
      g.drawImage(small, 0, 0, SIZE, SIZE)
      drawn = false
    }
  }
}

// A pad to draw a digit on, with mouse, finger or keyboard.

const SIZE = 280
const BOX = 20
const STROKE = 22
const KEY_STEP = 10
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * Turns a canvas into a pad. With the keyboard: arrows move the pen, space lowers and lifts it,
 * delete clears. `onChange` hears of every stroke; `say` gets words for screen readers.
 */
export class Pad {
  #canvas
  #context
  #ink = document.createElement('canvas')
  #pen = null
  #cursor = { x: SIZE / 2, y: SIZE / 2, down: false, shown: false }
  #onChange
  #say
  empty = true

  constructor(canvas, onChange, say) {
    this.#canvas = canvas
    this.#onChange = onChange
    this.#say = say
    canvas.width = canvas.height = this.#ink.width = this.#ink.height = SIZE
    this.#context = this.#ink.getContext('2d', { willReadFrequently: true })
    Object.assign(this.#context, { lineCap: 'round', lineJoin: 'round', lineWidth: STROKE, strokeStyle: '#fff' })
    canvas.addEventListener('pointerdown', (e) => this.#down(e))
    canvas.addEventListener('pointermove', (e) => this.#move(e))
    for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => (this.#pen = null))
    canvas.addEventListener('keydown', (e) => this.#key(e))
    canvas.addEventListener('blur', () => {
      this.#cursor.shown = false
      this.#show()
    })
    this.clear()
  }

  clear() {
    this.#context.clearRect(0, 0, SIZE, SIZE)
    this.empty = true
    this.#show()
  }

  /**
   * The drawing as models were taught digits: scaled into 20 x 20 pixels and moved so that its
   * centre of mass lies in the middle. Values 0 to 1, row by row.
   */
  pixels(width, height) {
    const { data } = this.#context.getImageData(0, 0, SIZE, SIZE)
    let [left, top, right, bottom, mass, x, y] = [SIZE, SIZE, -1, -1, 0, 0, 0]
    for (let i = 3, p = 0; i < data.length; i += 4, p++) {
      if (!data[i]) continue
      const [px, py] = [p % SIZE, Math.floor(p / SIZE)]
      left = Math.min(left, px)
      right = Math.max(right, px)
      top = Math.min(top, py)
      bottom = Math.max(bottom, py)
      mass += data[i]
      x += px * data[i]
      y += py * data[i]
    }
    if (mass === 0) return new Array(width * height).fill(0)
    const scale = ((BOX / 28) * Math.min(width, height)) / Math.max(right - left + 1, bottom - top + 1)
    const small = document.createElement('canvas')
    small.width = width
    small.height = height
    const context = small.getContext('2d')
    context.imageSmoothingQuality = 'high'
    context.translate(width / 2, height / 2)
    context.scale(scale, scale)
    context.drawImage(this.#ink, -x / mass - 0.5, -y / mass - 0.5)
    const seen = context.getImageData(0, 0, width, height).data
    return Array.from({ length: width * height }, (_, i) => seen[4 * i + 3] / 255)
  }

  #point(event) {
    const box = this.#canvas.getBoundingClientRect()
    return { x: ((event.clientX - box.left) * SIZE) / box.width, y: ((event.clientY - box.top) * SIZE) / box.height }
  }

  #down(event) {
    if (event.button !== 0) return
    event.preventDefault()
    this.#canvas.focus({ preventScroll: true })
    this.#canvas.setPointerCapture(event.pointerId)
    this.#pen = this.#point(event)
    this.#line(this.#pen, this.#pen)
  }

  #move(event) {
    if (!this.#pen) return
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const to = this.#point(part)
      this.#line(this.#pen, to)
      this.#pen = to
    }
  }

  #line(from, to) {
    this.#context.beginPath()
    this.#context.moveTo(from.x, from.y)
    this.#context.lineTo(to.x, to.y + 0.01)
    this.#context.stroke()
    this.empty = false
    this.#show()
    this.#onChange()
  }

  #key(event) {
    const cursor = this.#cursor
    const move = MOVES[event.key]
    if (move) {
      const from = { x: cursor.x, y: cursor.y }
      cursor.x = Math.max(0, Math.min(SIZE, cursor.x + move[0] * KEY_STEP))
      cursor.y = Math.max(0, Math.min(SIZE, cursor.y + move[1] * KEY_STEP))
      if (cursor.down) this.#line(from, cursor)
    } else if (event.key === ' ') {
      cursor.down = !cursor.down
      if (cursor.down) this.#line(cursor, cursor)
      this.#say(cursor.down ? 'Pen down' : 'Pen up')
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.clear()
      this.#onChange()
      this.#say('Cleared')
    } else return
    event.preventDefault()
    cursor.shown = true
    this.#show()
  }

  #show() {
    const context = this.#canvas.getContext('2d')
    context.fillStyle = '#000'
    context.fillRect(0, 0, SIZE, SIZE)
    context.drawImage(this.#ink, 0, 0)
    if (this.empty) {
      context.fillStyle = '#9aa5b0'
      context.font = '15px system-ui, sans-serif'
      context.textAlign = 'center'
      context.fillText('Draw here', SIZE / 2, SIZE / 2)
    }
    if (!this.#cursor.shown) return
    context.strokeStyle = this.#cursor.down ? '#6fb6f0' : '#9aa5b0'
    context.lineWidth = 2
    context.beginPath()
    context.arc(this.#cursor.x, this.#cursor.y, STROKE / 2, 0, 2 * Math.PI)
    context.stroke()
  }
}

// Small things that pages are built of.

/** An element with attributes (functions become listeners, true stands alone, false and null are left out). */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value)
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false))
  return element
}

/** A button that says `text`. */
export function button(text, click, attributes = {}) {
  return el('button', { type: 'button', click, ...attributes }, text)
}

/** Pixels 0 to 1 as ink on paper: black whose opacity is the value; the style sheet turns it white in the dark. */
export function paint(canvas, pixels, width, height) {
  const image = new ImageData(width, height)
  for (let i = 0; i < pixels.length; i++) {
    image.data[4 * i + 3] = Math.round(255 * Math.min(1, Math.max(0, pixels[i])))
  }
  canvas.getContext('2d').putImageData(image, 0, 0)
}

/**
 * Runs `work` for the newest value only: what comes while it is busy replaces what waits. The promise is kept when
 * nothing waits any more.
 */
export function latestOnly(work) {
  let waiting = null
  let running = null

  async function run() {
    try {
      while (waiting) {
        const { value } = waiting
        waiting = null
        await work(value).catch((e) => {
          if (!waiting) throw e
        })
      }
    } finally {
      running = null
    }
  }

  return (value) => {
    waiting = { value }
    running ??= run()
    return running
  }
}

/** Runs `work` at most once a frame, however often it is asked for. */
export function onceAFrame(work) {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      work()
    })
  }
}

/** A number with so many decimals and a true minus, so that the numbers of a column stand under each other. */
export function fixed(value, decimals) {
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}

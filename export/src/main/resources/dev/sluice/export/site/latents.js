// The page of latents: an image goes in, its code stands on sliders, and what decoders make of it comes out. It
// computes nothing itself, so that the same page works with a model in the browser and with one behind a server.
import { createDrawing } from './drawing.js'
import { button, el, fixed, latestOnly, paint } from './elements.js'
import { createPicker } from './picker.js'
import { createSliders } from './sliders.js'

/**
 * Builds the page in `root`. What it computes with is the backend:
 *
 *   info            { height, width, units, slider, decoders, classes, nonNegative }, as in site.json
 *   digits          { count, label(i), pixels(i) } test digits to pick from; null where there are none
 *   encode(pixels)  a promise of the code of an image, before anything is done to it; pixels are 0 to 1
 *   decode(code)    a promise of { NAME: pixels }, what each decoder makes of a code; a unit that is off is 0 in it
 */
export function showLatents(root, backend) {
  const { info, digits } = backend
  let start = new Float32Array(info.units.length)
  let source = ''
  let busy = 0

  const results = info.decoders.map((decoder) => ({
    decoder,
    canvas: el('canvas', { class: 'ink result', width: info.width, height: info.height, role: 'img', 'aria-label': decoder.label })
  }))
  const figures = el('div', { class: 'results' }, results.map(({ decoder, canvas }) => el('figure', {}, canvas, el('figcaption', {}, decoder.label))))
  const read = el('p', { class: 'read', 'aria-live': 'polite' })
  const vector = el('output', { class: 'vector', 'aria-label': 'The code as numbers' })

  const decode = latestOnly(async (code) => {
    const images = await backend.decode(code)
    for (const { decoder, canvas } of results) paint(canvas, images[decoder.name], info.width, info.height)
  })

  const encode = latestOnly(async ({ pixels, from }) => {
    const code = await backend.encode(pixels)
    source = from
    start = Float32Array.from(code, (v) => (info.nonNegative ? Math.max(0, v) : v))
    reset()
  })

  /** The pictures say that they are busy until everything that was asked for is shown. */
  async function show(asked) {
    busy++
    figures.setAttribute('aria-busy', 'true')
    try {
      await asked
    } catch (e) {
      read.textContent = `This could not be computed: ${e.message}`
    }
    busy--
    if (busy === 0) figures.setAttribute('aria-busy', 'false')
  }

  function changed() {
    const code = sliders.code()
    vector.replaceChildren(...Array.from(code, (v) => el('span', {}, fixed(v, 4))))
    tell(code)
    show(decode(code))
  }

  /** Says where the code is from, and which class it is read as. */
  function tell(code) {
    const largest = code.indexOf(Math.max(...code))
    const found = info.classes && (code[largest] > 0 || !info.nonNegative)
    sliders.mark(found ? largest : -1)
    const name = !info.classes ? '' : found ? info.units[largest].class : 'none'
    const text = name ? `${source} Largest unit: ${name}.` : source
    if (read.textContent === text) return
    read.replaceChildren(...(name ? [`${source} Largest unit: `, el('strong', {}, name), '.'] : [source]))
  }

  function reset() {
    sliders.set(start)
    changed()
  }

  const sliders = createSliders(info, changed)
  const drawing = createDrawing(info, (pixels) => {
    picker?.mark(-1)
    show(encode({ pixels, from: 'Your drawing.' }))
  })
  const picker = digits && createPicker(info, digits, choose)

  function choose(index) {
    const pixels = digits.pixels(index)
    drawing.show(pixels)
    show(encode({ pixels, from: `Test image ${index + 1}, labelled ${digits.label(index)}.` }))
  }

  root.replaceChildren(
    el(
      'div',
      { class: 'lab' },
      el(
        'section',
        { class: 'in', 'aria-labelledby': 'h-in' },
        el('h2', { id: 'h-in' }, 'Image'),
        drawing.element,
        el(
          'div',
          { class: 'under' },
          el('p', { class: 'help', id: 'draw-help' }, 'Draw with mouse or finger. By keyboard: arrows move, space lowers and lifts the pen.'),
          button('Clear', () => drawing.clear())
        ),
        picker ? picker.element : el('p', { class: 'help' }, 'The test images of this run are not on this machine.')
      ),
      el('section', { class: 'out', 'aria-labelledby': 'h-out' }, el('h2', { id: 'h-out' }, 'What the code shows'), figures, read),
      el(
        'section',
        { class: 'code', 'aria-labelledby': 'h-code' },
        el('div', { class: 'headline' }, el('h2', { id: 'h-code' }, 'Code'), button('Reset', reset)),
        sliders.element,
        el('h3', {}, 'As numbers'),
        vector
      )
    )
  )
  if (picker) choose(0)
  else reset()
}

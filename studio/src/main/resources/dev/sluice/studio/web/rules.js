// The rules page: what a plan masks, what it claims, and which parameters each class of data touches.
import { bytes, get, number, runPath } from './api.js'
import { chooseTraining } from './choice.js'
import { el, paint } from './elements.js'

const SVG = 'http://www.w3.org/2000/svg'

/** Units side by side: `cell(i)` names the class of each. */
function strip(count, cell, label, extra = '') {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${count} 1`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('class', `strip ${extra}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  for (let i = 0; i < count; i++) {
    const rect = document.createElementNS(SVG, 'rect')
    rect.setAttribute('x', i + 0.04)
    rect.setAttribute('width', 0.92)
    rect.setAttribute('height', 1)
    rect.setAttribute('class', cell(i))
    svg.append(rect)
  }
  return svg
}

/** How a mask's weight is drawn and said, the strongest first. */
const WEIGHTS = [
  { name: 'pass', of: (w) => w >= 1, said: 'lets through', legend: 'the gradient passes' },
  { name: 'part', of: (w) => w > 0 && w < 1, said: 'weakens', legend: 'it passes in part' },
  { name: 'back', of: (w) => w < 0, said: 'reverses', legend: 'it is reversed' },
  { name: 'shut', of: (w) => w === 0, said: 'shuts', legend: 'it is shut out' }
]
const weight = (w) => WEIGHTS.find((kind) => kind.of(w)).name

/** Units as ranges: units 0–15, 20. */
function ranges(units) {
  const parts = []
  for (let i = 0; i < units.length; ) {
    let j = i
    while (units[j + 1] === units[j] + 1) j++
    parts.push(i === j ? `${units[i]}` : `${units[i]}–${units[j]}`)
    i = j + 1
  }
  return `unit${units.length === 1 ? '' : 's'} ${parts.join(', ')}`
}

/** What a mask does, in words. */
function effect(mask) {
  const said = WEIGHTS.slice(0, 3).map(({ of, said }) => {
    const units = [...mask.keys()].filter((i) => of(mask[i]))
    return units.length === 0 ? null : `${said} ${units.length === mask.length ? 'everything' : ranges(units)}`
  })
  return said.filter(Boolean).join(', ') || 'lets nothing through'
}

const SHOWN = 16

/** Words for the step whose plan it is; none where the plan is the same in all. */
const inStep = (step) => (step === 'every step' ? '' : ` in ${step}`)

function place(route, step, shown) {
  const masks = Object.entries(route.masks)
  const kinds = WEIGHTS.filter(({ of }) => masks.some(([, mask]) => mask.some(of)))
  const each = Math.max(1, Math.floor(SHOWN / masks.length))
  const names = [...new Set([...masks.map(([name]) => name), ...route.examples.map((e) => e.route)])]
  const examples = names.flatMap((name) => route.examples.filter((e) => e.route === name).slice(0, each))
  return el(
    'section',
    { class: 'stack' },
    el(
      'div',
      {},
      el('h2', {}, 'At ', el('code', {}, route.at), inStep(step)),
      el('p', { class: 'soft' }, `A mask of the ${route.mechanism} along its axis ${route.axis}, by the class of an image.`),
      el('div', { class: 'legend-line', 'aria-hidden': 'true' }, kinds.map(({ name, legend }) => el('span', {}, strip(1, () => name, ''), legend)))
    ),
    el(
      'div',
      { class: 'masks' },
      masks.flatMap(([name, mask]) => [
        el('strong', {}, name),
        strip(mask.length, (i) => weight(mask[i]), `${name} ${effect(mask)}`),
        el('span', { class: 'hint' }, effect(mask))
      ])
    ),
    el('div', { class: 'shown' }, examples.map((e) => example(e, shown)))
  )
}

function example(e, shown) {
  const image = shown.images[e.example]
  const { width, height } = shown
  const canvas = el('canvas', { class: 'ink', width, height, role: 'img', 'aria-label': `Training image ${e.example}, a ${image.label}` })
  paint(canvas, Float32Array.from(bytes(image.pixels), (v) => v / 255), width, height)
  return el(
    'figure',
    {},
    canvas,
    strip(e.mask.length, (i) => weight(e.mask[i]), effect(e.mask)),
    el('figcaption', {}, `${image.label} → ${e.route === '*' ? 'no mask' : e.route}`)
  )
}

const finding = (kind, tag, text) => el('li', {}, el('span', { class: `tag ${kind}` }, tag), el('span', {}, text))

/** What can be said of the plan without trying it. */
function problems({ step, found: { check } }) {
  return check.problems.length === 0
    ? [finding('good', 'fits', `The plan${inStep(step)} fits the model: no problems.`)]
    : check.problems.map((p) => finding(p.severity === 'ERROR' ? 'bad' : '', p.severity.toLowerCase(), `${p.place}: ${p.message}${inStep(step)}`))
}

/** What came of trying its claims. */
function tried({ step, found: { report, claims, undeclared } }) {
  const holds = report.violations.length === 0
  const when = inStep(step)
  return [
    report.violations.map((v) => finding('bad', 'leaks', v.sentence + when)),
    claims.map((c) => (holds ? finding('good', 'holds', c + when) : finding('', 'claimed', c + when))),
    claims.length === 0 ? finding('', 'no claim', `This variant claims no isolation${when}.`) : [],
    report.untried.map((u) => finding('', 'not tried', u + when)),
    undeclared.map((u) => finding('', 'undeclared', `${u.region} hears of ${u.from} through ${u.through}${when} (largest change ${number(u.change)}); no claim denies it.`))
  ].flat()
}

function checks(shown, path) {
  const note = progress('Trying what the plan claims…')
  const list = el('ul', { class: 'findings' }, shown.pictures.flatMap(problems))
  follow(note, path, (found) => list.append(...found.flatMap(tried)))
  const weights = shown.trained ? 'the weights the run ended with' : 'fresh weights: the run is not finished'
  return el(
    'section',
    {},
    el('h2', {}, 'Check'),
    el('p', { class: 'soft' }, `Other data in place of a class must leave every bit of a claimed region's gradient as it was. Tried with ${weights}.`),
    list,
    note
  )
}

/** Says that something is being computed. */
function progress(text) {
  return el('p', { class: 'waiting', role: 'status' }, el('progress', { 'aria-label': text }), text)
}

/** Shows what the studio finds out when it comes, in place of the note that it is being computed. */
async function follow(note, path, show) {
  try {
    show(await get(path))
    note.remove()
  } catch (error) {
    note.replaceWith(el('p', { class: 'problem', role: 'alert' }, error.message))
  }
}

function touched(shown, path) {
  const note = progress('Changing the data of each class and looking which gradients follow…')
  const section = el(
    'section',
    {},
    el('h2', {}, 'What each class touches'),
    el('p', { class: 'soft' }, 'A parameter is touched if its gradient changes when the data of the class are replaced, through one term of the loss.'),
    note
  )
  follow(note, path, (all) => {
    const found = new Map(all.map((one) => [one.step, one.found]))
    const tables = shown.pictures.filter(({ step }) => found.has(step)).flatMap(({ step, found: picture }) => reachTable(step, picture, found.get(step)))
    section.append(...(tables.length === 0 ? [el('p', { class: 'empty' }, 'This experiment does not tell.')] : tables))
  })
  return section
}

function reachTable(step, { parameters, routes }, reach) {
  const axes = new Set(routes.map((r) => r.axis))
  const terms = [...new Set(reach.paths.map((p) => p.term))]
  terms.sort((a, b) => (b === 'reconstruction') - (a === 'reconstruction') || a.localeCompare(b))
  const classes = [...new Set(routes.flatMap((r) => Object.keys(r.masks)))]
  const columns = terms.flatMap((term) => classes.map((from) => ({ term, from })))
  const found = new Map(reach.paths.map((p) => [`${p.parameter}\n${p.term}\n${p.from}`, p]))
  const rows = parameters.map((p) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('code', {}, p.name)),
      columns.map((c) => cell(p, found.get(`${p.name}\n${c.term}\n${c.from}`), axes))
    )
  )
  const when = inStep(step)
  return [
    when && el('h3', { class: 'step' }, `Touched${when}`),
    el(
      'div',
      { class: 'legend-line', 'aria-hidden': 'true' },
      el('span', {}, el('i', { class: 'dot' }), 'touched'),
      el('span', {}, strip(8, (i) => (i < 4 ? 'pass' : 'shut'), '', 'wide'), 'touched units of the routed axis'),
      el('span', {}, el('i', { class: 'quiet' }, '·'), 'not touched')
    ),
    el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Parameters touched by each class${when}` },
      el(
        'table',
        { class: columns.length > 8 ? 'reach dense' : 'reach' },
        el('colgroup'),
        terms.map(() => el('colgroup', { span: classes.length })),
        el(
          'thead',
          {},
          el('tr', {}, el('td'), terms.map((t) => el('th', { scope: 'colgroup', colspan: classes.length }, t))),
          el('tr', {}, el('th', { scope: 'col' }, 'parameter'), columns.map((c) => el('th', { scope: 'col' }, c.from)))
        ),
        el('tbody', {}, rows)
      )
    )
  ].filter(Boolean)
}

function cell(parameter, path, axes) {
  if (!path) return el('td', {}, el('span', { class: 'quiet', 'aria-hidden': 'true' }, '·'), el('span', { class: 'hidden' }, 'not touched'))
  const routed = parameter.axes.findIndex((a) => axes.has(a))
  if (routed < 0) return el('td', {}, el('span', { class: 'dot', 'aria-hidden': 'true' }), el('span', { class: 'hidden' }, 'touched'))
  const axis = parameter.axes[routed]
  const units = path.units[axis]
  const touched = new Set(units)
  return el('td', {}, strip(parameter.sizes[routed], (i) => (touched.has(i) ? 'pass' : 'shut'), `touches ${axis} ${ranges(units)}`, path.claimed ? 'leak' : ''))
}

chooseTraining({
  offer: 'rules',
  none: 'No run here has a plan that can be drawn over images, as split-digits and routed-vae have. What a rule catches in text is shown under On text.',
  lacks: 'has no plan that can be drawn over images',
  waiting: 'Reading the plan…',
  load: (run, variant, seed) => get(runPath(run, 'rules', { variant, seed })),
  show(content, run, shown) {
    const routes = shown.pictures.flatMap(({ step, found }) => found.routes.map((route) => place(route, step, shown)))
    const path = (question) => runPath(run, question, { variant: shown.variant, seed: shown.seed })
    content.replaceChildren(
      routes.length === 0
        ? el('p', { class: 'empty' }, `The variant ${shown.variant} routes nothing: every image trains every parameter.`)
        : el('div', { class: 'stack' }, routes, checks(shown, path('verification')), touched(shown, path('reach')))
    )
  }
})

// The rules page: what a plan masks, what it claims, and which parameters each class of data touches.
import { bytes, el, get, number, runPath } from './api.js'
import { chooseTraining } from './choice.js'
import { draw } from './picture.js'

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

/** How a mask's weight is drawn. */
const weightClass = (w) => (w === 0 ? 'shut' : w < 0 ? 'back' : w < 1 ? 'part' : 'pass')

/** Units as ranges: 0–15, 20. */
function ranges(units) {
  const parts = []
  for (let i = 0; i < units.length; ) {
    let j = i
    while (units[j + 1] === units[j] + 1) j++
    parts.push(i === j ? `${units[i]}` : `${units[i]}–${units[j]}`)
    i = j + 1
  }
  return parts.join(', ')
}

function open(mask) {
  const units = [...mask.keys()].filter((i) => mask[i] !== 0)
  return units.length === 0 ? 'lets nothing through' : `lets through ${units.length === mask.length ? 'everything' : `units ${ranges(units)}`}`
}

function place(route, shown) {
  const names = Object.entries(route.masks)
  return el(
    'section',
    { class: 'stack' },
    el('div', {}, el('h2', {}, 'At ', el('code', {}, route.at)), el('p', { class: 'soft' }, `${route.mechanism} mask along ${route.axis}: what is drawn lets the gradient through`)),
    el(
      'div',
      { class: 'masks' },
      names.flatMap(([name, mask]) => [
        el('strong', {}, name),
        strip(mask.length, (i) => weightClass(mask[i]), `${name} ${open(mask)}`),
        el('span', { class: 'hint' }, open(mask))
      ])
    ),
    el('div', { class: 'shown' }, route.examples.map((e) => example(e, shown)))
  )
}

function example(e, shown) {
  const image = shown.images[e.example]
  const canvas = el('canvas', { class: 'picture', role: 'img', 'aria-label': `Training image ${e.example}, a ${image.label}` })
  draw(canvas, bytes(image.pixels), shown.width, shown.height)
  return el(
    'figure',
    {},
    canvas,
    strip(e.mask.length, (i) => weightClass(e.mask[i]), open(e.mask)),
    el('figcaption', {}, `${image.label} → ${e.route === '*' ? 'no mask' : e.route}`)
  )
}

function findings(shown, verification) {
  const { check } = shown.picture
  const { report, claims, undeclared } = verification
  const row = (kind, tag, text) => el('li', {}, el('span', { class: `tag ${kind}` }, tag), el('span', {}, text))
  const tried = shown.trained ? 'the weights the run ended with' : 'fresh weights: the run is not finished'
  return el(
    'section',
    {},
    el('h2', {}, 'Check'),
    el('p', { class: 'soft' }, `Other data in place of a class must leave every bit of a claimed region's gradient as it was. Tried with ${tried}.`),
    el(
      'ul',
      { class: 'findings' },
      check.problems.map((p) => row(p.severity === 'ERROR' ? 'bad' : '', p.severity.toLowerCase(), `${p.place}: ${p.message}`)),
      check.problems.length === 0 && row('good', 'fits', 'The plan fits the model: no problems.'),
      report.violations.map((v) => row('bad', 'leaks', v.sentence)),
      report.violations.length === 0 && claims.map((c) => row('good', 'holds', c)),
      report.violations.length > 0 && claims.map((c) => row('', 'claimed', c)),
      claims.length === 0 && row('', 'no claim', 'This variant claims no isolation.'),
      report.untried.map((u) => row('', 'not tried', u)),
      undeclared.map((u) => row('', 'undeclared', `${u.region} hears of ${u.from} through ${u.through} (largest change ${number(u.change)}); no claim denies it.`))
    )
  )
}

function reach(shown) {
  const { parameters, reach, routes } = shown.picture
  const axes = new Set(routes.map((r) => r.axis))
  const columns = [...new Map(reach.paths.map((p) => [`${p.term}\n${p.from}`, { term: p.term, from: p.from }])).values()]
  columns.sort((a, b) => (b.term === 'reconstruction') - (a.term === 'reconstruction') || a.term.localeCompare(b.term) || a.from.localeCompare(b.from))
  const terms = [...new Set(columns.map((c) => c.term))]
  const found = new Map(reach.paths.map((p) => [`${p.parameter}\n${p.term}\n${p.from}`, p]))
  const rows = parameters.map((p) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('code', {}, p.name)),
      columns.map((c) => cell(p, found.get(`${p.name}\n${c.term}\n${c.from}`), axes))
    )
  )
  return el(
    'section',
    {},
    el('h2', {}, 'What each class touches'),
    el('p', { class: 'soft' }, 'A parameter is touched if its gradient changes when the data of the class are replaced, through one term of the loss.'),
    el(
      'div',
      { class: 'legend-line', 'aria-hidden': 'true' },
      el('span', {}, el('i', { class: 'dot' }), 'touched'),
      el('span', {}, strip(8, (i) => (i < 4 ? 'pass' : 'shut'), ''), 'touched units of the routed axis'),
      el('span', {}, el('i', { class: 'quiet' }, '·'), 'not touched')
    ),
    el(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Parameters touched by each class' },
      el(
        'table',
        { class: 'reach' },
        el(
          'thead',
          {},
          el('tr', {}, el('td'), terms.map((t) => el('th', { scope: 'colgroup', colspan: columns.filter((c) => c.term === t).length }, t))),
          el('tr', {}, el('th', { scope: 'col' }, 'parameter'), columns.map((c) => el('th', { scope: 'col' }, c.from)))
        ),
        el('tbody', {}, rows)
      )
    )
  )
}

function cell(parameter, path, axes) {
  if (!path) return el('td', {}, el('span', { class: 'quiet', 'aria-hidden': 'true' }, '·'), el('span', { class: 'hidden' }, 'not touched'))
  const routed = parameter.axes.findIndex((a) => axes.has(a))
  if (routed < 0) return el('td', {}, el('span', { class: 'dot', 'aria-hidden': 'true' }), el('span', { class: 'hidden' }, 'touched'))
  const axis = parameter.axes[routed]
  const units = path.units[axis]
  const touched = new Set(units)
  return el('td', {}, strip(parameter.sizes[routed], (i) => (touched.has(i) ? 'pass' : 'shut'), `touches ${axis} units ${ranges(units)}`, path.claimed ? 'leak' : ''))
}

async function verify(root, shown, path) {
  try {
    root.replaceChildren(findings(shown, await get(path)))
  } catch (error) {
    root.replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message))
  }
}

chooseTraining({
  wanted: (entry) => entry.status !== 'damaged',
  none: 'No run yet. The plan of a run is shown from its first step on.',
  waiting: 'Trying the plan on data of the run. This can take some seconds…',
  async show(content, run, variant, seed) {
    const shown = await get(runPath(run, 'rules', { variant, seed }))
    const { routes } = shown.picture
    const check = el('div', {}, el('p', { class: 'empty', role: 'status' }, 'Trying what the plan claims…'))
    const nothing = `The variant ${shown.variant} routes nothing: every image trains every parameter.`
    content.replaceChildren(
      el(
        'div',
        { class: 'stack' },
        routes.length === 0 ? el('p', { class: 'empty' }, nothing) : [routes.map((r) => place(r, shown)), check, reach(shown)].flat()
      )
    )
    if (routes.length > 0) verify(check, shown, runPath(run, 'verification', { variant: shown.variant, seed: shown.seed }))
    return shown
  }
})

// Two texts compared: tokens that tell them apart, and a rule made of them.
import { count, newest, number, post } from './api.js'
import { button, el, fixed } from './elements.js'
import { tokenRule } from './rule-examples.js'
import { token } from './rule-picture.js'

const SVG = 'http://www.w3.org/2000/svg'
const OWN = 'own'
const TICKED = 12
const at = (id) => document.getElementById(id)

/** How many tokens of the forget text have which weight, as bars. */
function histogram(weights) {
  const most = Math.max(1, ...weights)
  const telling = weights.slice(0, weights.length / 2).reduce((a, b) => a + b, 0)
  const all = weights.reduce((a, b) => a + b, 0)
  const said = `${count(telling)} of ${count(all)} tokens of the text to forget have a weight below 0.5`
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${weights.length} 100`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('class', 'bars')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', said)
  weights.forEach((n, i) => {
    const height = n === 0 ? 0 : Math.max(1, (100 * n) / most)
    const rect = document.createElementNS(SVG, 'rect')
    rect.setAttribute('x', i + 0.08)
    rect.setAttribute('width', 0.84)
    rect.setAttribute('y', 100 - height)
    rect.setAttribute('height', height)
    rect.setAttribute('class', i < weights.length / 2 ? 'telling' : '')
    svg.append(rect)
  })
  return el(
    'figure',
    { class: 'histogram' },
    el('h3', {}, 'Weights'),
    svg,
    el('div', { class: 'axis', 'aria-hidden': 'true' }, ['0 forget', '0.5', 'retain 1'].map((t) => el('span', {}, t))),
    el('figcaption', { class: 'hint' }, `${said}; the tallest bar is ${count(most)} tokens.`)
  )
}

function row(t, ticked, changed) {
  const box = el('input', { type: 'checkbox', 'aria-label': `Take ${JSON.stringify(t.text)}`, checked: ticked, disabled: !t.single, change: changed })
  box.token = t.text
  return el(
    'tr',
    {},
    el('td', {}, box),
    el('th', { scope: 'row' }, token(t.text)),
    [count(t.forget), count(t.retain), number(t.ratio), fixed(t.weight, 3)].map((v) => el('td', { class: 'number' }, v))
  )
}

function show(place, { tokens, weights, cautions }, route, use) {
  if (tokens.length === 0) {
    place.replaceChildren(el('p', { class: 'empty' }, 'Type or paste both texts.'))
    return
  }
  const chosen = () => [...place.querySelectorAll('input:checked')].map((box) => box.token)
  const make = button('', () => use(tokenRule(chosen(), route)), { class: 'primary' })
  const changed = () => {
    const n = chosen().length
    make.textContent = `Make a rule of ${n} token${n === 1 ? '' : 's'}`
    make.disabled = n === 0
  }
  const telling = tokens.filter((t) => t.single && t.weight < 0.5).slice(0, TICKED)
  const names = ['', 'Token', 'Forget', 'Retain', 'Ratio', 'Weight']
  const heads = names.map((name, i) => (name === '' ? el('td') : el('th', { scope: 'col', class: i > 1 ? 'number' : null }, name)))
  place.replaceChildren(
    el(
      'div',
      { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Suggested tokens' },
      el('table', { class: 'full' }, el('thead', {}, el('tr', {}, heads)), el('tbody', {}, tokens.map((t) => row(t, telling.includes(t), changed))))
    ),
    el('div', { class: 'stack' }, histogram(weights), cautions.map((c) => el('p', { class: 'caution' }, `Mind: ${c}.`)), el('div', {}, make, el('p', { class: 'hint' }, `It replaces the rule above; its route is ${route}.`)))
  )
  changed()
}

/**
 * Keeps the section of suggestions up to date. `changed()` is told when other texts are compared, `use(rule)` gets the
 * rule of the tokens that are ticked. Returns `pair()`, which says what is compared, and `compare(corpus)`, which takes
 * a concept of that corpus, unless the texts are a person's own.
 */
export function suggestions(corpora, { changed, use }) {
  const select = at('concept')
  const place = at('suggestions')
  select.replaceChildren(
    ...corpora.map((c) => el('optgroup', { label: c.title }, c.concepts.map(({ name }) => el('option', { value: `${c.name} ${name}` }, name)))),
    el('option', { value: OWN }, 'My own texts')
  )

  function pair() {
    if (select.value === OWN) return { forget: at('forget').value, retain: at('retain').value }
    const [corpus, concept] = select.value.split(' ')
    return { corpus, concept }
  }

  const wish = newest(place, 300, {
    async ask(page) {
      const asked = pair()
      return [await post('/api/text/suggest', { page, pair: asked }), asked.concept ?? 'forget']
    },
    show: ([answer, route]) => show(place, answer, route, use),
    fail: (error) => place.replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message))
  })

  function again() {
    at('pair').hidden = select.value !== OWN
    wish()
    changed()
  }
  select.addEventListener('change', again)
  for (const id of ['forget', 'retain']) at(id).addEventListener('input', again)
  wish()

  function compare(corpus) {
    const [first] = corpora.filter((c) => c.name === corpus)
    if (!first || select.value === OWN || select.value.startsWith(`${corpus} `)) return
    select.value = `${corpus} ${first.concepts[0].name}`
    again()
  }

  return { pair, compare }
}

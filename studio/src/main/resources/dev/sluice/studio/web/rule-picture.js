// What a rule catches, drawn: the text with its marks, the rate, the commonest hits and near misses.
import { el, fixed } from './elements.js'
import { count } from './api.js'

const COLOURS = 8
const LONGEST = 36

/** What a person is told who does not see the picture. */
export const inWords = ({ matchRate, targets }) => `${percent(matchRate)} of ${count(targets)} targets caught`

const percent = (share) => `${fixed(100 * share, 2)} %`

/** A text whose spaces and line breaks at either end can be seen. */
export function token(text) {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return el('code', { class: 'token' }, short.replaceAll('\n', '↵').replaceAll('\t', '⇥'))
}

/** Marks of routes, each with a colour and a line of its own; `share` is how much of a token goes there. */
function marks(routes) {
  const place = new Map(routes.map((route, i) => [route, i % COLOURS]))
  return (text, route, share = 1) => {
    const title = share < 1 ? `${route} ${fixed(share, 2)}` : route
    const mark = el('mark', { class: `route r${place.get(route) ?? 0}${share < 0.5 ? ' weak' : ''}`, title }, text)
    mark.style.setProperty('--share', share)
    return mark
  }
}

function head(picture, mark) {
  const { caught, matchRate, targets } = picture
  const routes = caught.map(({ route, count: n }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, mark(route, route)),
      el('td', { class: 'number' }, count(n)),
      el('td', { class: 'number' }, percent(targets === 0 ? 0 : n / targets))
    )
  )
  return el(
    'div',
    { class: 'caught' },
    el('p', { class: 'rate' }, el('strong', {}, percent(matchRate)), el('span', { class: 'soft' }, `of ${count(targets)} targets caught`)),
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ['Route', 'Targets', 'Share'].map((name, i) => el('th', { scope: 'col', class: i ? 'number' : null }, name)))),
      el('tbody', {}, routes)
    )
  )
}

function text({ lines, documents, tokens, shownTokens }, mark) {
  const shown = lines.map((line) => el('p', {}, line.map((p) => (p.route === '' ? p.text : mark(p.text, p.route, p.share)))))
  const all = shownTokens >= tokens
  const pale = lines.some((line) => line.some((p) => p.route !== '' && p.share < 0.5))
  return el(
    'section',
    {},
    el('h2', {}, 'In the text'),
    el('p', { class: 'hint' }, all ? `${count(documents)} document${documents === 1 ? '' : 's'}.` : `The first ${count(lines.length)} of ${count(documents)} documents.`, ' The first token of a document is never a target.', pale ? ' Pale and without a line: less than half of a token.' : ''),
    documents === 0
      ? el('p', { class: 'empty' }, 'No text yet.')
      : el('div', { class: 'marked', tabindex: '0', role: 'region', 'aria-label': 'The text with its marks' }, shown)
  )
}

function table(title, none, names, rows, different) {
  const more = different > rows.length ? el('p', { class: 'hint' }, `and ${count(different - rows.length)} more`) : null
  return el(
    'section',
    {},
    el('h2', {}, title),
    rows.length === 0
      ? el('p', { class: 'empty' }, none)
      : el(
          'table',
          { class: 'full' },
          el('thead', {}, el('tr', {}, names.map((name, i) => el('th', { scope: 'col', class: i === names.length - 1 ? 'number' : null }, name)))),
          el('tbody', {}, rows)
        ),
    more
  )
}

/** Fills an element with a picture as the studio answers it. */
export function showPicture(place, picture) {
  const mark = marks(picture.caught.map((c) => c.route))
  const top = place.querySelector('.marked')?.scrollTop ?? 0
  const hits = picture.hits.map((h) =>
    el('tr', {}, el('th', { scope: 'row' }, token(h.text)), el('td', {}, mark(h.route, h.route)), el('td', { class: 'number' }, count(h.count)))
  )
  const misses = picture.nearMisses.map((m) =>
    el('tr', {}, el('th', { scope: 'row' }, token(m.text)), el('td', { class: 'soft' }, m.why), el('td', { class: 'number' }, count(m.count)))
  )
  place.replaceChildren(
    head(picture, mark),
    text(picture, mark),
    el(
      'div',
      { class: 'counts' },
      table('Commonest hits', 'Nothing is caught.', ['Text', 'Route', 'Count'], hits, picture.differentHits),
      table('Near misses', 'No word looks as if it was meant as well.', ['Word', 'Why', 'Count'], misses, picture.differentMisses)
    )
  )
  const marked = place.querySelector('.marked')
  if (marked) marked.scrollTop = top
}

// The runs page: the list on one side, what is chosen on the other.
import { el, get, number, post, runPath } from './api.js'
import { Compare } from './compare.js'
import { Curves } from './curves.js'
import { Events } from './events.js'
import { RunList, statusText } from './run-list.js'
import { StartForm } from './start-form.js'

const at = (id) => document.getElementById(id)
const list = new RunList(at('run-list'), at('list-note'), at('filter'), choose)
const curves = new Curves({
  canvas: at('plot'),
  note: at('plot-note'),
  legend: at('legend'),
  metric: at('metric'),
  over: at('over'),
  log: at('log')
})
const compare = new Compare(at('results'), at('every'))
const form = new StartForm(at('start'), (run) => list.choose([run]))
let chosen = []

const events = new Events({
  entry(entry) {
    const before = list.entry(entry.name)
    list.put(entry)
    if (chosen.includes(entry.name)) {
      head()
      if (before && before.status !== entry.status) compare.show(chosen.map((run) => list.entry(run)).filter(Boolean))
    }
  },
  gone(name) {
    list.remove(name)
  },
  lines(run, lines) {
    curves.add(run, lines)
  },
  reset(run) {
    curves.clear(run)
  },
  connected(yes) {
    at('connection').textContent = yes ? '' : 'Connection lost; trying again'
  }
})

function choose(runs) {
  chosen = runs
  const query = new URLSearchParams(runs.map((run) => ['run', run]))
  history.replaceState(null, '', runs.length ? `?${query}` : '/')
  at('nothing').hidden = runs.length > 0
  at('chosen').hidden = runs.length === 0
  curves.show(runs)
  events.watch(runs)
  compare.show(runs.map((run) => list.entry(run)).filter(Boolean))
  head()
}

function head() {
  const entries = chosen.map((run) => list.entry(run)).filter(Boolean)
  const one = entries.length === 1 ? entries[0] : null
  const coming = chosen.length === 1 && !one
  at('chosen-title').textContent = coming ? chosen[0] : one ? one.name : `${entries.length} runs compared`
  at('chosen-note').textContent = coming ? 'Starting…' : one ? describe(one) : entries.map((e) => e.name).join(', ')
  at('chosen-problem').hidden = !one?.problem
  at('chosen-problem').textContent = one?.problem ?? ''
  curves.live(entries.some((e) => e.status === 'live'))
  const buttons = one ? actions(one) : []
  const before = at('chosen-actions').textContent
  if (before !== buttons.map((b) => b.textContent).join('') || before === '') at('chosen-actions').replaceChildren(...buttons)
}

function describe(e) {
  if (e.status === 'damaged') return 'This folder cannot be read as a run.'
  const created = new Date(e.created).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  const seeds = e.seeds.length === 1 ? `seed ${e.seeds[0]}` : `${e.seeds.length} seeds`
  const step = e.last && e.status === 'live' ? ` · step ${e.last.step.toLocaleString()}, loss ${number(e.last.loss)}` : ''
  return `${statusText(e)} · ${e.experiment}, ${e.preset}, ${e.data}, ${seeds} · ${created}${step}`
}

function actions(e) {
  const query = new URLSearchParams({ run: e.name })
  const done = e.status === 'complete'
  return [
    e.report && el('a', { class: 'button', href: `/runs/${encodeURIComponent(e.name)}/report.html` }, 'Report'),
    done && el('a', { class: 'button', href: `/latents?${query}` }, 'Latents'),
    e.status !== 'damaged' && el('a', { class: 'button', href: `/rules?${query}` }, 'Rules'),
    e.status === 'live' && action('Stop', 'Stopping…', e.name, 'stop'),
    ['stopped', 'interrupted', 'failed'].includes(e.status) && action('Resume', 'Resuming…', e.name, 'resume')
  ].filter(Boolean)
}

function action(name, doing, run, verb) {
  return el(
    'button',
    {
      type: 'button',
      click: async (event) => {
        const button = event.currentTarget
        button.disabled = true
        button.textContent = doing
        try {
          await post(runPath(run, verb), {})
        } catch (error) {
          at('chosen-problem').hidden = false
          at('chosen-problem').textContent = error.message
          button.disabled = false
          button.textContent = name
        }
      }
    },
    name
  )
}

at('new-run').addEventListener('click', () => form.open())

async function begin() {
  try {
    list.all(await get('/api/runs'))
  } catch (error) {
    at('list-note').hidden = false
    at('list-note').textContent = `The list of runs cannot be read: ${error.message}`
    return
  }
  const asked = new URLSearchParams(location.search).getAll('run').filter((run) => list.entry(run))
  const live = list.names().filter((run) => list.entry(run).status === 'live')
  list.choose(asked.length ? asked : [...live, ...list.names()].slice(0, 1))
}

begin()

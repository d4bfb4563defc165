// The runs page: the list on one side, what is chosen on the other.
import { get, number, post, runPath } from './api.js'
import { Compare } from './compare.js'
import { Curves } from './curves.js'
import { el } from './elements.js'
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
/** What was asked of a run's process and is not seen yet: {doing, status}, the status before. */
const asked = new Map()
/** Why it was refused, until the run has another status. */
const refused = new Map()
let chosen = []
let connected = true

const events = new Events({
  entry: put,
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
    if (yes && !connected) refresh()
    connected = yes
  }
})

function put(entry) {
  const before = list.entry(entry.name)
  list.put(entry)
  if (asked.get(entry.name)?.status !== entry.status) asked.delete(entry.name)
  const changed = before?.status !== entry.status
  if (changed) refused.delete(entry.name)
  if (!chosen.includes(entry.name)) return
  head()
  if (changed) compare.show(entries())
}

/** Reads the whole list again: runs may have gone while nobody told. */
async function refresh() {
  const now = await get('/api/runs').catch(() => null)
  if (!now) return
  for (const name of list.names()) if (!now.some((e) => e.name === name)) list.remove(name)
  now.forEach(put)
}

/** The chosen runs as the list knows them. */
const entries = () => chosen.map((run) => list.entry(run)).filter(Boolean)

function choose(runs) {
  chosen = runs
  const query = new URLSearchParams(runs.map((run) => ['run', run]))
  history.replaceState(null, '', runs.length ? `?${query}` : '/')
  at('nothing').hidden = runs.length > 0
  at('chosen').hidden = runs.length === 0
  curves.show(runs)
  events.watch(runs)
  compare.show(entries())
  head()
}

function head() {
  const all = entries()
  const one = all.length === 1 ? all[0] : null
  const coming = chosen.length === 1 && !one
  at('chosen-title').textContent = coming ? chosen[0] : one ? one.name : `${all.length} runs compared`
  at('chosen-note').textContent = coming ? 'Starting…' : one ? describe(one) : all.map((e) => e.name).join(', ')
  const problem = one && (refused.get(one.name) ?? one.problem)
  at('chosen-problem').hidden = !problem
  at('chosen-problem').textContent = problem ?? ''
  curves.live(all.some((e) => e.status === 'live'))
  showActions(one)
}

/** Leaves the buttons alone where they are right, so that none changes under a finger. */
function showActions(one) {
  const root = at('chosen-actions')
  const buttons = one ? actions(one) : []
  const key = JSON.stringify([one?.name, buttons.map((b) => b.textContent)])
  if (root.dataset.key === key) return
  const focused = root.contains(document.activeElement)
  root.dataset.key = key
  root.replaceChildren(...buttons)
  if (focused) root.lastElementChild?.focus()
}

function describe(e) {
  if (e.status === 'damaged') return 'This folder cannot be read as a run.'
  const created = new Date(e.created).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  const seeds = e.seeds.length === 1 ? `seed ${e.seeds[0]}` : `${e.seeds.length} seeds`
  const step = e.last && e.status === 'live' ? ` · step ${(e.last.step + 1).toLocaleString()}, loss ${number(e.last.loss)}` : ''
  return `${statusText(e)} · ${e.experiment}, ${e.preset}, ${e.data}, ${seeds} · ${created}${step}`
}

function actions(e) {
  const query = new URLSearchParams({ run: e.name })
  const offered = (name) => e.offers.includes(name)
  return [
    e.report && el('a', { class: 'button', href: `/runs/${encodeURIComponent(e.name)}/report.html` }, 'Report'),
    offered('latents') && el('a', { class: 'button', href: `/latents?${query}` }, 'Latents'),
    offered('rules') && el('a', { class: 'button', href: `/rules?${query}` }, 'Rules'),
    e.status === 'live' && action('Stop', 'Stopping…', e, 'stop'),
    offered('resume') && action('Resume', 'Resuming…', e, 'resume')
  ].filter(Boolean)
}

function action(name, doing, entry, verb) {
  const busy = asked.get(entry.name)
  return el('button', { type: 'button', 'aria-disabled': String(Boolean(busy)), click: () => ask(entry, doing, verb) }, busy ? busy.doing : name)
}

/** Asks for something, and says so until the run has another status or the studio refuses. */
async function ask(entry, doing, verb) {
  if (asked.has(entry.name)) return
  refused.delete(entry.name)
  asked.set(entry.name, { doing, status: entry.status })
  head()
  try {
    await post(runPath(entry.name, verb), {})
    await refresh()
    if (verb === 'resume') asked.delete(entry.name)
    head()
  } catch (error) {
    asked.delete(entry.name)
    refused.set(entry.name, error.message)
    head()
  }
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
  const wanted = new URLSearchParams(location.search).getAll('run').filter((run) => list.entry(run))
  const live = list.names().filter((run) => list.entry(run).status === 'live')
  list.choose(wanted.length ? wanted : [...live, ...list.names()].slice(0, 1))
}

begin()

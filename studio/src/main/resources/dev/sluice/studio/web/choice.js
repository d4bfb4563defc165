// The choice of a run, a variant and a seed at the head of a page.
import { fill, get } from './api.js'
import { el } from './elements.js'

const at = (id) => document.getElementById(id)
const content = at('content')

/** Puts one message in place of the page's content. */
function say(text, problem = false) {
  content.replaceChildren(el('p', problem ? { class: 'problem', role: 'alert' } : { class: 'empty', role: 'status' }, text))
}

/** Says so where the run that the address asks for cannot be shown; what is shown instead follows. */
function missing(run, all, runs, lacks) {
  const shown = run === null || runs.some((e) => e.name === run)
  const why = all.some((e) => e.name === run) ? `The run ${run} ${lacks}.` : `There is no run ${run} here.`
  at('choice-note').hidden = shown
  at('choice-note').textContent = shown ? '' : runs.length === 0 ? why : `${why} Shown is ${runs[0].name}, the newest that has.`
}

/**
 * Shows what the address asks for, and again whenever another choice is made; a choice made meanwhile wins.
 *
 * `offer`: what a run must offer to be chosen (RunEntry), the newest by default; `none`: what to say where no run does;
 * `lacks`: what to say of a run that was asked for and does not; `waiting`: what to say meanwhile;
 * `load(run, variant, seed)`: a promise of {variants, variant, seeds, seed} and more;
 * `show(content, run, loaded)`: fills the content.
 */
export async function chooseTraining({ offer, none, lacks, waiting, load, show }) {
  let choices = 0
  const change = async (run, variant, seed) => {
    const mine = ++choices
    say(waiting)
    try {
      const loaded = await load(run, variant, seed)
      if (mine !== choices) return
      fill(at('variant'), loaded.variants.map((v) => [v, v]), loaded.variant)
      fill(at('seed'), loaded.seeds.map((s) => [s, String(s)]), loaded.seed)
      for (const id of ['variant', 'seed']) at(id).parentElement.hidden = at(id).options.length < 2
      history.replaceState(null, '', `?${new URLSearchParams({ run, variant: loaded.variant, seed: loaded.seed })}`)
      show(content, run, loaded)
    } catch (error) {
      if (mine === choices) say(error.message, true)
    }
  }
  const asked = new URLSearchParams(location.search)
  try {
    const all = await get('/api/runs')
    const runs = all.filter((entry) => entry.offers.includes(offer))
    missing(asked.get('run'), all, runs, lacks)
    fill(at('run'), runs.map((e) => [e.name, e.name]), asked.get('run') ?? undefined)
  } catch (error) {
    say(error.message, true)
    return
  }
  if (at('run').options.length === 0) {
    at('choice').hidden = true
    say(none)
    return
  }
  at('run').addEventListener('change', () => {
    at('choice-note').hidden = true
    change(at('run').value)
  })
  for (const id of ['variant', 'seed']) at(id).addEventListener('change', () => change(at('run').value, at('variant').value, at('seed').value))
  const same = at('run').value === asked.get('run')
  await change(at('run').value, same ? asked.get('variant') : null, same ? asked.get('seed') : null)
}

// The choice of a run, a variant and a seed at the head of a page.
import { el, fill, get } from './api.js'

const at = (id) => document.getElementById(id)
const content = at('content')

/** Puts one message in place of the page's content. */
export function say(text, problem = false) {
  content.replaceChildren(el('p', problem ? { class: 'problem', role: 'alert' } : { class: 'empty', role: 'status' }, text))
}

/**
 * Shows what the address asks for, and again whenever another choice is made.
 *
 * `wanted(entry)`: whether a run can be chosen; `none`: what to say where none can;
 * `show(content, run, variant, seed)`: fills the content and returns {variants, variant, seeds, seed}.
 */
export async function chooseTraining({ wanted, none, waiting, show }) {
  const change = async (run, variant, seed) => {
    say(waiting)
    try {
      const shown = await show(content, run, variant, seed)
      fill(at('variant'), shown.variants.map((v) => [v, v]), shown.variant)
      fill(at('seed'), shown.seeds.map((s) => [s, String(s)]), shown.seed)
      for (const id of ['variant', 'seed']) at(id).parentElement.hidden = at(id).options.length < 2
      history.replaceState(null, '', `?${new URLSearchParams({ run, variant: shown.variant, seed: shown.seed })}`)
    } catch (error) {
      say(error.message, true)
    }
  }
  const asked = new URLSearchParams(location.search)
  try {
    const runs = (await get('/api/runs')).filter(wanted)
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
  at('run').addEventListener('change', () => change(at('run').value))
  for (const id of ['variant', 'seed']) at(id).addEventListener('change', () => change(at('run').value, at('variant').value, at('seed').value))
  const same = at('run').value === asked.get('run')
  await change(at('run').value, same ? asked.get('variant') : null, same ? asked.get('seed') : null)
}

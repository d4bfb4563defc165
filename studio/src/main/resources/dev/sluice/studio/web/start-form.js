// The form for a new run, made from what each experiment declares of itself.
import { fill, get, post } from './api.js'
import { el } from './elements.js'

/** A dialog that starts a run and tells its name. */
export class StartForm {
  #dialog
  #started
  #all = null
  #form = null

  constructor(dialog, started) {
    this.#dialog = dialog
    this.#started = started
  }

  async open() {
    this.#dialog.showModal()
    if (this.#all) return
    this.#dialog.replaceChildren(el('p', { class: 'empty', role: 'status' }, 'Loading experiments…'))
    try {
      this.#all = await get('/api/experiments')
      this.#build()
    } catch (error) {
      this.#dialog.replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message), this.#close('Close'))
    }
  }

  #close(text) {
    return el('button', { type: 'button', click: () => this.#dialog.close() }, text)
  }

  #build() {
    const select = el('select', { name: 'experiment', change: () => this.#experiment() })
    fill(select, this.#all.experiments.map((e) => [e.name, e.name]))
    const data = el('select', { name: 'data' })
    this.#form = el(
      'form',
      { method: 'dialog', submit: (e) => this.#submit(e) },
      el('h2', { id: 'start-title' }, 'New run'),
      el('div', { class: 'fields' }, field('Experiment', select), field('Data', data)),
      el('p', { class: 'soft description' }),
      el('fieldset', { class: 'presets' }),
      el('fieldset', { class: 'variants' }),
      el(
        'div',
        { class: 'fields' },
        field('Seeds', el('input', { name: 'seeds', type: 'number', min: 1, max: 100, value: 1 })),
        field('Threads', el('input', { name: 'threads', type: 'number', min: 1, max: 1024, value: this.#all.cores }))
      ),
      el('details', { class: 'settings' }),
      el('p', { class: 'problem', role: 'alert', hidden: true }),
      el('div', { class: 'actions end' }, this.#close('Cancel'), el('button', { class: 'primary', type: 'submit' }, 'Start'))
    )
    this.#dialog.replaceChildren(this.#form)
    this.#experiment()
    select.focus()
  }

  #chosen() {
    return this.#all.experiments.find((e) => e.name === this.#form.elements.experiment.value)
  }

  #part(selector) {
    return this.#form.querySelector(selector)
  }

  #experiment() {
    const e = this.#chosen()
    const usual = [e.variants[0].name, e.control]
    const data = this.#form.elements.data
    const chosen = e.data.find((d) => d.here && d.name === data.value)
    fill(data, e.data.filter((d) => d.here).map((d) => [d.name, d.name]), chosen?.name ?? e.usual)
    this.#part('.description').textContent = e.description[0].toUpperCase() + e.description.slice(1) + '.'
    this.#part('.presets').replaceChildren(
      el('legend', {}, 'Preset'),
      ...Object.entries(e.presets).map(([name, values]) => preset(name, values, () => this.#settings()))
    )
    this.#part('.variants').replaceChildren(
      el('legend', {}, 'Variants'),
      ...[...e.variants].sort((a, b) => usual.includes(b.name) - usual.includes(a.name)).map((v) => variant(v, usual.includes(v.name)))
    )
    this.#part('.settings').replaceChildren(
      el('summary', {}, 'Settings'),
      el('p', { class: 'soft' }, 'Left empty, a setting has the value of the preset. Several values, separated by commas, run as a sweep.'),
      el('div', { class: 'fields' }, e.settings.map((s) => setting(s)))
    )
    this.#settings()
  }

  #settings() {
    const values = this.#chosen().presets[this.#form.elements.preset.value]
    for (const input of this.#part('.settings').querySelectorAll('input, select')) {
      const value = values[input.name.slice(4)]
      if (input.tagName === 'SELECT') input.options[0].textContent = `${value} (preset)`
      else input.placeholder = value
    }
  }

  async #submit(event) {
    event.preventDefault()
    const problem = this.#part('.problem')
    const button = event.submitter ?? this.#part('button.primary')
    problem.hidden = true
    button.disabled = true
    button.textContent = 'Starting…'
    try {
      const { run } = await post('/api/runs', this.#request())
      this.#dialog.close()
      this.#started(run)
    } catch (error) {
      problem.textContent = error.message
      problem.hidden = false
      problem.scrollIntoView({ block: 'nearest' })
    } finally {
      button.disabled = false
      button.textContent = 'Start'
    }
  }

  #request() {
    const data = new FormData(this.#form)
    const set = {}
    for (const [name, value] of data) if (name.startsWith('set.') && value.trim()) set[name.slice(4)] = value.trim()
    return {
      experiment: data.get('experiment'),
      preset: data.get('preset'),
      variants: data.getAll('variant'),
      data: data.get('data'),
      seeds: Number(data.get('seeds')),
      threads: Number(data.get('threads')),
      set
    }
  }
}

function field(text, input, note) {
  return el('label', { class: 'field' }, el('span', { class: 'label' }, text), input, note && el('span', { class: 'hint' }, note))
}

function preset(name, values, change) {
  const size = ['epochs', 'steps', 'images', 'documents'].filter((key) => values[key]).map((key) => `${values[key] === '0' ? 'all' : Number(values[key]).toLocaleString()} ${key}`)
  const input = el('input', { type: 'radio', name: 'preset', value: name, checked: name === 'quick', change })
  return el('label', { class: 'choice' }, input, el('span', {}, name), el('span', { class: 'hint' }, size.join(', ')))
}

function variant(v, checked) {
  const input = el('input', { type: 'checkbox', name: 'variant', value: v.name, checked })
  return el('label', { class: 'choice' }, input, el('span', {}, v.name), el('span', { class: 'hint' }, v.description))
}

/** A bound, with its thousands grouped if it is a whole number. */
const grouped = (bound) => (/^\d+$/.test(bound) ? Number(bound).toLocaleString() : bound)

function setting(s) {
  const name = `set.${s.key}`
  if (s.kind === 'CHOICE') {
    const select = el('select', { name })
    fill(select, [['', ''], ...s.range.map((v) => [v, v])], '')
    return field(s.key, select, s.description)
  }
  const range = s.range.length === 2 ? `; ${s.range.map(grouped).join(' to ')}` : ''
  return field(s.key, el('input', { name, autocomplete: 'off', spellcheck: 'false' }), s.description + range)
}

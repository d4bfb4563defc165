// Curves of the chosen runs, growing while they train.
import { fill, number } from './api.js'
import { logTicks, tickText } from './axis.js'
import { el, onceAFrame } from './elements.js'

/** The library comes while the page is put up; it is large, and nothing else waits for it. */
const library = import('./chart.js')
const COLOURS = 8
const ABOUT_A_STEP = new Set(['variant', 'seed', 'step', 'examples', 'seconds'])

/** Draws one value of each training over steps, examples or seconds. */
export class Curves {
  #runs = new Map()
  #order = []
  #parts
  #chart = null
  #hidden = new Set()
  #live = false
  #values = ''
  #draw = onceAFrame(() => this.#render())

  /** `parts`: the elements canvas, note, legend, metric, over, log. */
  constructor(parts) {
    this.#parts = parts
    for (const control of [parts.metric, parts.over, parts.log]) control.addEventListener('change', this.#draw)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#chart?.destroy()
      this.#chart = null
      this.#draw()
    })
  }

  /** Shows these runs, forgetting others. */
  show(runs) {
    for (const run of this.#runs.keys()) if (!runs.includes(run)) this.#runs.delete(run)
    for (const run of runs) if (!this.#runs.has(run)) this.#runs.set(run, new Map())
    this.#order = runs
    this.#draw()
  }

  /** Says whether more is to come. */
  live(yes) {
    this.#live = yes
    this.#draw()
  }

  /** Adds lines of a run's log. */
  add(run, lines) {
    const series = this.#runs.get(run)
    if (!series) return
    for (const line of lines) {
      const key = `${line.variant} ${line.seed}`
      if (!series.has(key)) series.set(key, { variant: line.variant, seed: line.seed, lines: [] })
      series.get(key).lines.push(line)
    }
    this.#draw()
  }

  /** Forgets a run's lines: they come again. */
  clear(run) {
    this.#runs.get(run)?.clear()
    this.#draw()
  }

  #series() {
    const many = this.#order.length > 1
    const all = []
    for (const run of this.#order) {
      const series = [...(this.#runs.get(run)?.values() ?? [])]
      const seeds = new Set(series.map((s) => s.seed)).size > 1
      for (const s of series) {
        const parts = [many ? run : null, s.variant, seeds ? `seed ${s.seed}` : null]
        all.push({ ...s, key: `${run} ${s.variant} ${s.seed}`, label: parts.filter(Boolean).join(' · ') })
      }
    }
    return all
  }

  #choices(series) {
    const names = new Set()
    for (const s of series) for (const key of Object.keys(s.lines[0] ?? {})) if (!ABOUT_A_STEP.has(key)) names.add(key)
    const values = [...names].sort((a, b) => (b === 'loss') - (a === 'loss') || a.localeCompare(b))
    if (values.join('\n') === this.#values) return
    this.#values = values.join('\n')
    fill(this.#parts.metric, values.map((name) => [name, name]))
  }

  #render() {
    const series = this.#series()
    this.#choices(series)
    const palette = colours()
    const log = this.#parts.log.checked
    const datasets = series.map((s, i) => this.#dataset(s, palette, i, log))
    const empty = datasets.every((d) => d.data.length === 0)
    this.#parts.note.hidden = !empty
    this.#parts.note.textContent = empty ? this.#nothing(series) : ''
    this.#parts.metric.closest('.controls').hidden = series.length === 0
    this.#parts.canvas.style.visibility = empty ? 'hidden' : 'visible'
    if (!empty || this.#chart) this.#plot(datasets, palette, log)
    this.#legend(series, palette)
  }

  /** Why there is no curve; axes without one would say nothing. */
  #nothing(series) {
    if (series.length === 0) return this.#live ? 'Waiting for the first steps…' : 'No steps were logged.'
    const value = this.#parts.metric.value
    const logged = series.some((s) => s.lines.some((line) => line[value] !== null && line[value] !== undefined))
    return logged && this.#parts.log.checked ? `${value} was never above zero: a log scale has no place for it.` : `${value} was not logged.`
  }

  #dataset(s, palette, i, log) {
    const value = this.#parts.metric.value
    const over = this.#parts.over.value
    const data = []
    for (const line of s.lines) {
      const y = line[value]
      if (y !== null && y !== undefined && (!log || y > 0)) data.push({ x: line[over], y })
    }
    return {
      label: s.label,
      data,
      hidden: this.#hidden.has(s.key),
      borderColor: palette.series[i % COLOURS],
      backgroundColor: palette.series[i % COLOURS],
      borderDash: i < COLOURS ? [] : [6, 4]
    }
  }

  #plot(datasets, palette, log) {
    if (!globalThis.Chart) {
      library.then(this.#draw)
      return
    }
    this.#chart ??= new Chart(this.#parts.canvas, options(palette))
    const chart = this.#chart
    chart.data.datasets = datasets
    chart.options.scales.y.type = log ? 'logarithmic' : 'linear'
    const over = this.#parts.over.value
    chart.options.scales.x.title.text = over
    chart.options.scales.x.ticks.precision = over === 'seconds' ? undefined : 0
    chart.update('none')
  }

  #legend(series, palette) {
    const root = this.#parts.legend
    const value = this.#parts.metric.value
    if ([...root.children].map((c) => c.dataset.key).join('\n') !== series.map((s) => s.key).join('\n')) {
      root.replaceChildren(...series.map((s) => this.#entry(s)))
    }
    series.forEach((s, i) => {
      const [button] = root.children[i].children
      button.setAttribute('aria-pressed', String(!this.#hidden.has(s.key)))
      button.firstChild.style.background = palette.series[i % COLOURS]
      button.lastChild.textContent = number(s.lines.at(-1)?.[value])
    })
  }

  #entry(s) {
    const toggle = () => {
      if (!this.#hidden.delete(s.key)) this.#hidden.add(s.key)
      this.#draw()
    }
    return el(
      'li',
      { 'data-key': s.key },
      el(
        'button',
        { type: 'button', class: 'key', click: toggle },
        el('span', { class: 'swatch' }),
        el('span', {}, s.label),
        el('span', { class: 'value' })
      )
    )
  }
}

function colours() {
  const style = getComputedStyle(document.documentElement)
  const read = (name) => style.getPropertyValue(name).trim()
  return {
    series: Array.from({ length: COLOURS }, (_, i) => read(`--s${i}`)),
    ink: read('--ink'),
    soft: read('--soft'),
    rule: read('--rule'),
    paper: read('--raised'),
    font: getComputedStyle(document.body).fontFamily
  }
}

function options(palette) {
  const ticks = { color: palette.soft, font: { family: palette.font, size: 12 }, maxRotation: 0, autoSkipPadding: 24 }
  const axis = { grid: { color: palette.rule, drawTicks: false }, border: { display: false }, ticks: { ...ticks, padding: 8 } }
  return {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      elements: { line: { borderWidth: 2, borderJoinStyle: 'round' }, point: { radius: 0, hitRadius: 8, hoverRadius: 4 } },
      scales: {
        x: { ...axis, type: 'linear', beginAtZero: true, grid: { display: false }, title: { display: true, text: '', color: palette.soft, font: ticks.font } },
        y: {
          ...axis,
          type: 'linear',
          afterBuildTicks(scale) {
            if (scale.type === 'logarithmic') scale.ticks = logTicks(scale.min, scale.max).map((value) => ({ value }))
          },
          ticks: { ...axis.ticks, autoSkip: false, maxTicksLimit: 6, callback: tickText }
        }
      },
      plugins: {
        legend: { display: false },
        decimation: { enabled: true, algorithm: 'lttb', samples: 800, threshold: 1600 },
        tooltip: {
          backgroundColor: palette.paper,
          titleColor: palette.soft,
          bodyColor: palette.ink,
          borderColor: palette.rule,
          borderWidth: 1,
          padding: 10,
          boxPadding: 4,
          usePointStyle: true,
          callbacks: {
            title: ([item]) => (item ? `${item.chart.options.scales.x.title.text} ${item.parsed.x.toLocaleString()}` : ''),
            label: (item) => ` ${item.dataset.label}  ${number(item.parsed.y)}`
          }
        }
      }
    }
  }
}

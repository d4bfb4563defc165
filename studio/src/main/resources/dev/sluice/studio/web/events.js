// One event stream a page: a browser keeps few connections to a host, so all runs share it.

const REOPEN_MILLIS = 2000

/** Follows the list of runs and the logs of those watched, and comes back after an interruption. */
export class Events {
  #source = null
  #offsets = new Map()
  #on
  #timer = 0

  /** `on`: functions entry(run), gone(name), lines(run, lines), reset(run), connected(yes). */
  constructor(on) {
    this.#on = on
    addEventListener('pagehide', () => this.#source?.close())
    addEventListener('pageshow', (e) => e.persisted && this.#open())
  }

  /** Follows the list, and the logs of these runs from their beginning or from where they were left. */
  watch(runs) {
    const before = [...this.#offsets.keys()]
    for (const run of before) if (!runs.includes(run)) this.#offsets.delete(run)
    for (const run of runs) if (!this.#offsets.has(run)) this.#offsets.set(run, 0)
    if (!this.#source || before.join('\n') !== [...this.#offsets.keys()].join('\n')) this.#open()
  }

  #open() {
    clearTimeout(this.#timer)
    this.#source?.close()
    const query = new URLSearchParams([...this.#offsets].map(([run, offset]) => ['run', `${run}@${offset}`]))
    const source = new EventSource(`/api/events?${query}`)
    this.#source = source
    source.addEventListener('open', () => this.#on.connected(true))
    source.addEventListener('run', (e) => this.#on.entry(JSON.parse(e.data)))
    source.addEventListener('gone', (e) => this.#on.gone(e.data))
    source.addEventListener('reset', (e) => {
      this.#offsets.set(e.data, 0)
      this.#on.reset(e.data)
    })
    source.addEventListener('metrics', (e) => this.#metrics(e.data))
    source.addEventListener('error', () => {
      source.close()
      this.#on.connected(false)
      if (this.#source === source) this.#timer = setTimeout(() => this.#open(), REOPEN_MILLIS)
    })
  }

  #metrics(data) {
    const [head, ...lines] = data.split('\n')
    const { run, offset } = JSON.parse(head)
    if (!this.#offsets.has(run)) return
    this.#offsets.set(run, offset)
    const parsed = []
    for (const line of lines) {
      try {
        parsed.push(JSON.parse(line))
      } catch {
        continue // a line that a killed process left torn
      }
    }
    this.#on.lines(run, parsed)
  }
}

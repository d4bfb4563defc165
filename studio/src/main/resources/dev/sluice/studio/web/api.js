// Requests to the studio, and what pages do with the answers.
import { el, fixed } from './elements.js'

/** Fetches JSON; throws an Error with the studio's own message where it refuses. */
export async function get(path) {
  return answer(await fetch(path, { headers: { Accept: 'application/json' } }))
}

/** Sends JSON and returns the answer's JSON. */
export async function post(path, body) {
  return answer(
    await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body)
    })
  )
}

/** Fetches bytes. */
export async function readBytes(path) {
  const response = await fetch(path)
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : answer(response)
}

async function answer(response) {
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(body.error ?? `the studio answered ${response.status}`)
  return body
}

/** The path of something of a run. */
export function runPath(run, rest, query = {}) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined && v !== null))
  return `/api/runs/${encodeURIComponent(run)}/${rest}${asked.size ? `?${asked}` : ''}`
}

/** A number as tables show it, with the decimals of four significant digits of `size`. */
export function number(v, size = Math.abs(v)) {
  if (v === null || v === undefined || !Number.isFinite(v)) return '–'
  if (v === 0) return '0'
  if (size >= 1e5 || size < 1e-3) return v.toExponential(2).replaceAll('-', '−').replace('e+', 'e')
  const text = fixed(v, Math.max(0, 3 - Math.floor(Math.log10(size))))
  return /[1-9]/.test(text) ? text : number(v)
}

/** Fills a select with options and keeps what was chosen, if it is still there. */
export function fill(select, options, chosen = select.value) {
  select.replaceChildren(...options.map(([value, text]) => el('option', { value }, text)))
  if (options.some(([value]) => String(value) === String(chosen))) select.value = chosen
}

/** Bytes of a base64 text. */
export function bytes(base64) {
  const text = atob(base64)
  const out = new Uint8Array(text.length)
  for (let i = 0; i < out.length; i++) out[i] = text.charCodeAt(i)
  return out
}

/** A count as tables show it. */
export const count = (n) => n.toLocaleString('en')

/**
 * Asks for what is newest only, so many milliseconds after the last of several wishes in a row; `place` is busy meanwhile.
 * `ask(asking)` gets a name of this page and question, by which the studio gives up what it was asked before;
 * `show(answer)` and `fail(error)` get what became of the newest wish.
 */
export function newest(place, delay, { ask, show, fail }) {
  const asking = Math.random().toString(36).slice(2)
  let timer = 0
  let wishes = 0

  async function work(mine) {
    let then
    try {
      const answer = await ask(asking)
      then = () => show(answer)
    } catch (error) {
      then = () => fail(error)
    }
    if (mine !== wishes) return
    then()
    place.setAttribute('aria-busy', 'false')
  }

  return () => {
    const mine = ++wishes
    place.setAttribute('aria-busy', 'true')
    clearTimeout(timer)
    timer = setTimeout(() => work(mine), delay)
  }
}

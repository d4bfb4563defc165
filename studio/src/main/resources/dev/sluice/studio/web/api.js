// Requests to the studio, and building blocks of its pages.

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

/** An element with attributes (functions become listeners) and children. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value)
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false))
  return element
}

/** A number to four significant digits, as tables show it. */
export function number(v) {
  if (v === null || v === undefined || !Number.isFinite(v)) return '–'
  if (v === 0) return '0'
  const size = Math.abs(v)
  if (size >= 1e5 || size < 1e-3) return v.toExponential(2).replace('-', '−').replace('e+', 'e').replace('e−', 'e−')
  return v.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size)))).replace('-', '−')
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

/** Runs `work` at most once a frame, however often it is asked for. */
export function coalesced(work) {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      work()
    })
  }
}

// The page for rules on text: what a rule catches while someone writes it.
import { count, fill, get, newest, post } from './api.js'
import { button, el } from './elements.js'
import { examples } from './rule-examples.js'
import { inWords, showPicture } from './rule-picture.js'
import { suggestions } from './suggest.js'

const at = (id) => document.getElementById(id)
const KEPT = 'sluice-rule'
const OWN = 'own'
const LONGEST = 1 << 20
const FREQUENCY = /\bfrequency\b/

/** Puts a text into a field as if it was typed, so that it can be undone. */
function write(field, text) {
  field.focus()
  field.select()
  if (!document.execCommand('insertText', false, text)) {
    field.value = text
    field.dispatchEvent(new Event('input'))
  }
}

/** Selects a line of a field. */
function goTo(field, line) {
  const lines = field.value.split('\n')
  const from = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
  field.focus()
  field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
}

/** One message about the rule, or none. The picture of the last rule that was right stays. */
function complain(wrong) {
  const rule = at('rule')
  rule.setAttribute('aria-invalid', String(Boolean(wrong)))
  const picture = at('picture').querySelector('.caught') !== null
  at('wrong').replaceChildren(
    ...(wrong
      ? [
          el(
            'div',
            { class: 'problem' },
            el('p', {}, wrong.message),
            wrong.line > 0 ? button(`Go to line ${wrong.line}`, () => goTo(rule, wrong.line), { class: 'small' }) : null,
            picture ? el('p', { class: 'hint' }, 'The picture is that of the last rule that could be read.') : null
          )
        ]
      : [])
  )
}

function showExamples(concepts) {
  const rules = examples(concepts)
  at('examples').replaceChildren(...rules.map(([name, rule]) => button(name, () => write(at('rule'), rule), { class: 'small' })))
  return rules[0][1]
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify({ rule: at('rule').value, corpus: at('corpus').value, text: at('text').value }))
}

async function open() {
  const { tokenizer, corpora } = await get('/api/text')
  at('tokenizer').textContent = tokenizer
  fill(at('corpus'), [...corpora.map((c) => [c.name, `${c.title}, the first ${count(c.documents)}`]), [OWN, 'My own text']])
  const named = (name) => corpora.find((c) => c.name === name)

  const { pair, compare } = suggestions(corpora, {
    changed: () => FREQUENCY.test(at('rule').value) && preview(),
    use: (rule) => write(at('rule'), rule)
  })

  const preview = newest(at('picture'), 150, {
    async ask(page) {
      const rule = at('rule').value
      const own = at('corpus').value === OWN
      const text = own ? { typed: at('text').value } : { corpus: at('corpus').value }
      if (own && new Blob([text.typed]).size > LONGEST) throw new Error('The text is longer than 1 MB.')
      return post('/api/text/preview', { page, rule, text, pair: FREQUENCY.test(rule) ? pair() : null })
    },
    show({ picture, wrong }) {
      if (picture) {
        showPicture(at('picture'), picture)
        at('said').textContent = inWords(picture)
      }
      complain(wrong)
    },
    fail: (error) => complain({ message: error.message, line: 0 })
  })

  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}')
  if (kept.corpus) at('corpus').value = kept.corpus
  at('text').value = kept.text || corpora[0].sample.join('\n<|endoftext|>\n')
  let example = ''

  function choose() {
    const own = at('corpus').value === OWN
    at('own').hidden = !own
    const untouched = at('rule').value === example
    const first = showExamples((named(at('corpus').value) ?? corpora[0]).concepts)
    if (untouched) at('rule').value = first
    example = first
    preview()
  }
  if (kept.rule) {
    at('rule').value = kept.rule
    example = null
  }
  choose()
  at('corpus').addEventListener('change', () => {
    compare(at('corpus').value)
    choose()
    keep()
  })
  for (const id of ['rule', 'text']) {
    at(id).addEventListener('input', () => {
      keep()
      preview()
    })
  }
}

open().catch((error) => at('picture').replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message)))

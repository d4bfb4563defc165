// Rules to begin with, about the concepts of a generated corpus.

const list = (words) => `[${words.map((w) => JSON.stringify(w)).join(', ')}]`

/** A rule that names tokens. */
export function tokenRule(tokens, route) {
  return ['by:', '  tokens:', ...tokens.map((t) => `    ${JSON.stringify(t)}: ${route}`), ''].join('\n')
}

/** Examples as [name, rule], for the concepts of a corpus: {name, words, tokens}. */
export function examples([first, second]) {
  const [one, two, three] = first.words
  const rules = [
    [
      'phrases',
      `by:
  # words of any length, in lower and Title Case
  phrases:
    ${first.name}:
      - ${JSON.stringify(one)}
      - ${JSON.stringify(two)}
      # any letters, with and without its space
      - {text: ${three.trim()}, space: both, letters: all}
    ${second.name}: ${list(second.words.slice(0, 4))}
`
    ],
    first.tokens.length > 0 && ['tokens', `# one token each, as it stands in the text\n${tokenRule(first.tokens.slice(0, 4), first.name)}`],
    [
      'documents',
      `by:
  # every token of a document in which a phrase occurs
  sequence_if:
    ${first.name}: ${list([one, two])}
`
    ],
    [
      'frequency',
      `by:
  # by how much more often a token occurs in
  # the text to forget (below) than in the other;
  # in a plan, name two files
  frequency:
    forget: forget
    retain: retain
    prior: {forget: 1, retain: 20}
    scale: 1
    bias: -4
`
    ],
    [
      'mixture',
      `by:
  # half by token, half by document
  mixture:
    - weight: 0.5
      by:
        frequency: {forget: forget, retain: retain}
    - weight: 0.5
      by:
        sequence_if: {forget: ${list([one, two])}}
`
    ]
  ]
  return rules.filter(Boolean)
}

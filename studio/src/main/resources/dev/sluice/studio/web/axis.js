// The ticks of a logarithmic axis: few, round, and no two alike.
const MOST = 6
const FEWEST = 3
/** The digits that have a tick in each decade, the most of them first. */
const DIGITS = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]

/** Round numbers between two positive ones: of some digits in each decade, or evenly apart where that leaves too few. */
export function logTicks(min, max) {
  if (!(min > 0 && max > min)) return [min]
  const from = Math.floor(Math.log10(min))
  const decades = Array.from({ length: Math.ceil(Math.log10(max)) - from + 1 }, (_, i) => from + i)
  const inside = (digits, each) => each.flatMap((e) => digits.map((d) => Number(`${d}e${e}`))).filter((v) => v >= min && v <= max)
  const ticks = DIGITS.map((digits) => inside(digits, decades)).find((found) => found.length <= MOST)
  if (!ticks) {
    const stride = Math.ceil(decades.length / MOST)
    return inside([1], decades.filter((e) => e % stride === 0))
  }
  return ticks.length < FEWEST ? evenTicks(min, max) : ticks
}

function evenTicks(min, max) {
  const rough = (max - min) / MOST
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * unit).find((s) => s >= rough)
  const first = Math.ceil(min / step)
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** A tick in as many digits as it has, short where it is very large or small. */
export function tickText(v) {
  const size = Math.abs(v)
  const exact = Number(v.toPrecision(10))
  const text = size !== 0 && (size >= 1e6 || size < 1e-3) ? exact.toExponential().replace('e+', 'e') : String(exact)
  return text.replaceAll('-', '−')
}

// What /docs makes its text with: elements, a little Markdown, JSON. Text from outside becomes text nodes, never HTML.

/** An element with properties or attributes and children: nodes, strings, lists of them, or nothing. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key in element && !key.includes('-')) element[key] = value
    else if (value != null) element.setAttribute(key, value)
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== ''))
  return element
}

export const code = (text) => h('code', null, String(text))

/** The items with a separator between each two of them. */
export const joined = (items, separator) => items.flatMap((item, index) => (index ? [separator, item] : [item]))

// ---------------------------------------------------------------- Markdown

/** `code`, **strong** and *emphasis* as nodes. */
export function inline(text) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(/`([^`]+)`|\*\*(?=\S)(.+?\S?)\*\*|\*(?=[^\s*])([^*]+?)\*/gs)) {
    nodes.push(text.slice(end, match.index))
    if (match[1] != null) nodes.push(code(match[1]))
    else nodes.push(match[2] != null ? h('strong', null, inline(match[2])) : h('em', null, inline(match[3])))
    end = match.index + match[0].length
  }
  return [...nodes, text.slice(end)]
}

/** Paragraphs and lists, divided by empty lines or by the first item of a list. */
export function markdown(text) {
  const blocks = []
  let block = null
  for (const line of String(text ?? '').split(/\r?\n/)) {
    const [, bullet, item] = line.match(/^\s{0,3}(?:([-*+])|\d+[.)])\s+(.*)$/)?.map((part) => part ?? '') ?? []
    if (item != null) {
      const kind = bullet ? 'ul' : 'ol'
      if (block?.kind !== kind) blocks.push((block = { kind, parts: [] }))
      block.parts.push(item)
    } else if (!line.trim()) block = null
    else if (block) block.parts.push(`${block.parts.pop()}\n${line.trim()}`)
    else blocks.push((block = { kind: 'p', parts: [line.trim()] }))
  }
  return blocks.map(({ kind, parts }) => {
    const texts = parts.map(inline)
    return kind === 'p' ? h('p', null, texts[0]) : h(kind, null, texts.map((nodes) => h('li', null, nodes)))
  })
}

// ---------------------------------------------------------------- JSON

/** A number with the digits that the author wrote, such as 33.30. */
export class Decimal {
  constructor(text) {
    this.text = text
  }
  toString() {
    return this.text
  }
}

/** JSON text; with a width, what does not fit on one line is broken and indented. */
export function json(value, width = Infinity, indent = '') {
  if (value instanceof Decimal) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const list = Array.isArray(value)
  const [open, close] = list ? '[]' : '{}'
  const pad = list ? '' : ' '
  const colon = (key, space) => (list ? '' : `${JSON.stringify(key)}:${space}`)
  const entries = Object.entries(value)
  if (!entries.length) return open + close
  if (width === Infinity) return open + entries.map(([key, each]) => colon(key, '') + json(each)).join(',') + close
  const flat = entries.every(([, each]) => each === null || typeof each !== 'object' || each instanceof Decimal)
  const short = flat && open + pad + entries.map(([key, each]) => colon(key, ' ') + json(each)).join(', ') + pad + close
  if (short && indent.length + short.length <= width) return short
  const lines = entries.map(([key, each]) => `${indent}  ${colon(key, ' ')}${json(each, width, `${indent}  `)}`)
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

/** JSON text in colours. */
export function coloured(text) {
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b)/)
  return parts.map((part, index) => {
    if (index % 2 === 0) return part
    return h('span', { className: part.endsWith(':') ? 'key' : part.startsWith('"') ? 'string' : 'literal' }, part)
  })
}

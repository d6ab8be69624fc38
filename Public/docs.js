// The page /docs: /openapi.yaml, made readable. All that the document says is written as text nodes, never as HTML.

const SOURCE = '/openapi.yaml'
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

// ---------------------------------------------------------------- small tools

const byId = (id) => document.getElementById(id)

/** An element with properties or attributes and children: nodes, strings, lists of them, or nothing. */
function h(tag, props, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key in element && !key.includes('-')) element[key] = value
    else if (value != null) element.setAttribute(key, value)
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== ''))
  return element
}

const code = (text) => h('code', null, String(text))

/** The items with a separator between each two of them. */
const joined = (items, separator) => items.flatMap((item, index) => (index ? [separator, item] : [item]))

function say(text) {
  byId('docs-state').textContent = text
}

/** A disclosure whose content is made when it is first opened, so a schema that contains itself is no trouble. */
function disclosure(props, summary, build) {
  const element = h('details', props, h('summary', null, summary))
  const fill = () => {
    if (!element.open || !build) return
    element.append(h('div', { className: 'inner' }, build()))
    build = null
  }
  element.addEventListener('toggle', fill)
  fill()
  return element
}

// ---------------------------------------------------------------- reading the document

class Trouble extends Error {
  constructor(title, message, help) {
    super(message)
    Object.assign(this, { title, help })
  }
}

/** A number with the digits that the author wrote, such as 33.30. */
class Decimal {
  constructor(text) {
    this.text = text
  }
  toString() {
    return this.text
  }
}

/** YAML's core schema, where a date is text; a fraction keeps its digits where they are JSON too. */
function yamlSchema({ CORE_SCHEMA, Type, types }) {
  const construct = (text) => (/^-?(0|[1-9]\d*)\.\d+$/.test(text) ? new Decimal(text) : types.float.construct(text))
  const decimal = new Type('tag:yaml.org,2002:float', { kind: 'scalar', resolve: types.float.resolve, construct })
  return CORE_SCHEMA.extend({ implicit: [decimal] })
}

async function readDocument() {
  if (!globalThis.jsyaml) {
    throw new Trouble('The YAML parser is missing', '/vendor/js-yaml.min.js could not be loaded.', 'Run make setup, restart the server, then load this page again.')
  }
  let response, text
  try {
    response = await fetch(SOURCE)
    text = await response.text()
  } catch {
    throw new Trouble('No answer', `${SOURCE} could not be fetched.`, 'Is the server running?')
  }
  if (!response.ok) throw new Trouble('The API description is not there', `${SOURCE} was answered with status ${response.status}.`)
  let parsed
  try {
    parsed = jsyaml.load(text, { schema: yamlSchema(jsyaml) })
  } catch (error) {
    const line = error.mark ? `, line ${error.mark.line + 1}` : ''
    throw new Trouble('The API description cannot be read', `${SOURCE}${line}: ${error.reason ?? error.message}.`)
  }
  if (!parsed?.openapi || typeof parsed.paths !== 'object') {
    throw new Trouble('The API description cannot be read', `${SOURCE} is YAML, but not an OpenAPI document.`)
  }
  return parsed
}

let api

/** What a `$ref` points to, with what stands beside it, and the last part of the pointer as its name. */
function resolve(node) {
  let name
  for (let hops = 0; typeof node?.$ref === 'string' && hops < 20; hops++) {
    const { $ref, ...beside } = node
    const parts = $ref.startsWith('#/') ? $ref.slice(2).split('/') : []
    const keys = parts.map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    const target = keys.length ? keys.reduce((place, key) => place?.[key], api) : undefined
    if (target === undefined) return { node: { description: `Unknown reference \`${$ref}\`.` }, name: $ref }
    name ??= keys.at(-1)
    node = { ...target, ...beside }
  }
  return { node: node ?? {}, name }
}
const follow = (node) => resolve(node).node

/** Every operation, with the parameters of its path and the security of the document where it has none of its own. */
function operationsOf({ paths, security }) {
  return Object.entries(paths).flatMap(([path, item]) => {
    const shared = follow(item)
    return METHODS.filter((method) => shared[method]).map((method) => {
      const operation = shared[method]
      const parameters = new Map([...(shared.parameters ?? []), ...(operation.parameters ?? [])].map(follow).map((p) => [`${p.in} ${p.name}`, p]))
      return {
        security,
        ...operation,
        path,
        method: method.toUpperCase(),
        id: operation.operationId ?? `${method}${path.replace(/[^A-Za-z0-9]+/g, '-')}`,
        tag: operation.tags?.[0] ?? 'other',
        parameters: [...parameters.values()].sort((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in)),
      }
    })
  })
}
const PLACES = ['path', 'query', 'header', 'cookie']

// ---------------------------------------------------------------- text: a little Markdown, JSON, the curl line

/** `code`, **strong** and *emphasis* as nodes. */
function inline(text) {
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
function markdown(text) {
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
  return blocks.map(({ kind, parts }) => (kind === 'p' ? h('p', null, inline(parts[0])) : h(kind, null, parts.map((part) => h('li', null, inline(part))))))
}

/** JSON text; with a width, what does not fit on one line is broken and indented. */
function json(value, width = Infinity, indent = '') {
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
function coloured(text) {
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b)/)
  return parts.map((part, index) => {
    if (index % 2 === 0) return part
    return h('span', { className: part.endsWith(':') ? 'key' : part.startsWith('"') ? 'string' : 'literal' }, part)
  })
}

const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`
const textOf = (value) => (Array.isArray(value) ? value.join(',') : typeof value === 'object' && !(value instanceof Decimal) ? json(value) : String(value))

/** The examples of a parameter or a body as `{ name, value }`. */
function examplesOf({ example, examples, schema }) {
  if (examples) return Object.entries(examples).map(([name, each]) => ({ name: follow(each).summary ?? name, value: follow(each).value }))
  const value = example ?? follow(schema).example ?? follow(schema).examples?.[0]
  return value === undefined ? [] : [{ value }]
}

/** A line for a shell: each parameter of the path and the query that has an example, and only the headers that must be there. */
function curlLine(operation) {
  const value = (parameter) => textOf(examplesOf(parameter)[0]?.value ?? follow(parameter.schema).default ?? `{${parameter.name}}`)
  const encoded = (parameter) => encodeURIComponent(value(parameter)).replaceAll('%2C', ',')
  const having = (place) => operation.parameters.filter((p) => p.in === place && (p.required || (place === 'query' && examplesOf(p).length)))
  const path = having('path').reduce((text, p) => text.replace(`{${p.name}}`, encoded(p)), operation.path)
  const query = having('query').map((p) => `${encodeURIComponent(p.name)}=${encoded(p)}`).join('&')
  const base = new URL(api.servers?.[0]?.url ?? '/', location.href).href.replace(/\/$/, '')
  const parts = [`curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}${quoted(base + path + (query && `?${query}`))}`]
  if (mustIdentify(operation)) parts.push('-H "Authorization: Bearer $ADMIN_TOKEN"')
  for (const p of having('header')) parts.push(`-H ${quoted(`${p.name}: ${value(p)}`)}`)
  const [type, media] = Object.entries(follow(operation.requestBody).content ?? {})[0] ?? []
  if (type) {
    const body = examplesOf(media)[0]?.value ?? {}
    parts.push(`-H ${quoted(`Content-Type: ${type}`)}`, `-d ${quoted(typeof body === 'string' ? body : json(body))}`)
  }
  return parts.join(' \\\n  ')
}

const mustIdentify = ({ security }) => Boolean(security?.length) && security.every((way) => Object.keys(way).length)

// ---------------------------------------------------------------- schemas

const alternativesOf = (schema) => schema.oneOf ?? schema.anyOf?.filter((each) => Object.keys(each).some((key) => key !== 'required')) ?? []

/** What a value is called: `string`, `array of Brand`, `Guard or null`. */
function typeName(reference) {
  const { node, name } = resolve(reference)
  const types = [node.type ?? []].flat()
  if (node.properties && name) return [name, ...types.filter((type) => type === 'null')].join(' or ')
  if (!types.length && alternativesOf(node).length) return alternativesOf(node).map(typeName).join(' or ')
  if (!types.length && node.allOf) return node.allOf.map(typeName).join(' and ')
  return types.map((type) => (type === 'array' && node.items ? `array of ${typeName(node.items)}` : type)).join(' or ') || 'anything'
}

function between(low, high, unit = '') {
  if (low == null && high == null) return []
  if (high == null) return [`at least ${low}${unit}`]
  return [low == null ? `at most ${high}${unit}` : `${low} to ${high}${unit}`]
}

/** What else is known of a value, as short phrases. */
function facts(reference) {
  const schema = follow(reference)
  const found = []
  if (schema.format) found.push(schema.format)
  if (schema.enum) found.push(['one of ', joined(schema.enum.map((each) => code(textOf(each))), ', ')])
  if (schema.const !== undefined) found.push(['always ', code(textOf(schema.const))])
  if (schema.exclusiveMinimum != null) found.push(`above ${schema.exclusiveMinimum}`)
  found.push(...between(schema.minimum, schema.maximum))
  if (schema.exclusiveMaximum != null) found.push(`below ${schema.exclusiveMaximum}`)
  found.push(...between(schema.minLength, schema.maxLength, schema.maxLength === 1 ? ' character' : ' characters').map((text) => (text === 'at least 1 characters' ? 'not empty' : text)))
  found.push(...between(schema.minItems, schema.maxItems, ' items').map((text) => (text === 'at least 1 items' ? 'not empty' : text)))
  if (schema.uniqueItems) found.push('none twice')
  if (schema.default !== undefined) found.push(['default ', code(textOf(schema.default))])
  if (schema.pattern) found.push(['pattern ', code(schema.pattern)])
  for (const each of alternativesOf(schema)) if (!objectsIn(each).length) found.push(...facts(each))
  if (schema.items && !objectsIn(schema.items).length) {
    const each = facts(schema.items)
    if (each.length) found.push(['each: ', joined(each, ', ')])
  }
  return found
}

/** The objects in a value, however it wraps them. */
function objectsIn(reference, depth = 0) {
  const { node, name } = resolve(reference)
  if (node.properties) return [{ node, name }]
  if (depth > 8) return []
  return [node.items ?? [], alternativesOf(node), node.allOf ?? []].flat().flatMap((each) => objectsIn(each, depth + 1))
}

const describes = (reference) => {
  const schema = follow(reference)
  return schema.description ?? alternativesOf(schema).map((each) => follow(each).description).find(Boolean)
}

/** A value under its name: type, facts, description, and the fields of the objects in it. */
function field(name, reference, { note, description, depth = 0, open = false } = {}) {
  const nested = objectsIn(reference).map(({ node, name: title }) => {
    const summary = title ? ['Fields of ', code(title)] : 'Its fields'
    return disclosure({ className: 'nested', open: open && depth < 3 }, summary, () => fields(node, depth + 1))
  })
  const nestedText = objectsIn(reference)[0]?.node.description
  const words = description ?? describes(reference)
  return h('div', { className: 'field' },
    h('dt', null, code(name), note ? h('small', { className: note === 'required' ? 'must' : '' }, note) : null),
    h('dd', null,
      h('p', { className: 'type' }, joined([h('b', null, typeName(reference)), ...facts(reference)], ', ')),
      markdown(words === nestedText && nested.length && open ? '' : words), nested))
}

/** The fields of an object. */
function fields(schema, depth = 0) {
  const entries = Object.entries(schema.properties)
  const required = schema.required ?? []
  const all = entries.every(([name]) => required.includes(name))
  const oneOf = (schema.anyOf ?? []).flatMap((each) => each.required ?? [])
  const rules = [all && (entries.length > 1 ? 'All fields are required.' : 'The field is required.'), schema.additionalProperties === false && 'No other field.']
  return [
    markdown(schema.description),
    h('p', { className: 'rules' }, rules.filter(Boolean).join(' '), oneOf.length ? [' At least one of ', joined(oneOf.map(code), ', '), '.'] : null),
    h('dl', { className: 'fields' }, entries.map(([name, each]) =>
      field(name, each, { note: all ? null : required.includes(name) ? 'required' : 'optional', depth, open: entries.length < 4 }))),
  ]
}

/** The schema of each media type of a body. */
function contents(content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) => {
    const objects = objectsIn(schema)
    return h('div', { className: 'content' },
      h('p', { className: 'type' }, code(type), ' ', joined([h('b', null, typeName(schema)), ...(objects.length ? [] : facts(schema))], ', ')),
      objects.map(({ node }) => fields(node)))
  })
}

function example({ name, value }, label, open = true) {
  const text = typeof value === 'string' ? value : json(value, 46)
  const block = h('pre', { tabIndex: 0, role: 'region', 'aria-label': name ? `${label}: ${name}` : label }, h('code', null, typeof value === 'string' ? text : coloured(text)))
  return name ? h('details', { className: 'example', open }, h('summary', null, name), block) : block
}

const examplesIn = (content, label) => Object.values(content ?? {}).flatMap((media) => examplesOf(media)).map((each, index) => example(each, label, index === 0))

// ---------------------------------------------------------------- one operation

function part(title, ...children) {
  return h('section', { className: 'part' }, h('h4', null, title), children)
}

const methodBadge = (method) => h('span', { className: `method ${method.toLowerCase()}` }, method)

/** A path that may be broken after each slash. */
const pathText = (path) => h('code', null, path.split(/(?<=\/)/).flatMap((piece) => [piece, h('wbr')]))

function securityPart(operation) {
  const names = [...new Set((operation.security ?? []).flatMap((way) => Object.keys(way)))]
  const schemes = names.map((name) => ({ name, ...follow(api.components?.securitySchemes?.[name]) }))
  if (!schemes.length) return null
  return part('Who may', h('dl', { className: 'fields' }, schemes.map((scheme) =>
    h('div', { className: 'field' },
      h('dt', null, code(scheme.type === 'http' ? 'Authorization' : scheme.in === 'header' ? scheme.name : scheme.name), h('small', { className: mustIdentify(operation) ? 'must' : '' }, mustIdentify(operation) ? 'required' : 'optional')),
      h('dd', null, h('p', { className: 'type' }, h('b', null, scheme.scheme === 'bearer' ? 'Bearer token' : scheme.scheme ?? scheme.type)), markdown(scheme.description))))))
}

function parametersPart({ parameters }) {
  if (!parameters.length) return null
  return part('Parameters', h('dl', { className: 'fields' }, parameters.map((p) =>
    field(p.name, p.schema, { note: p.required ? `${p.in}, required` : p.in, description: p.description }))))
}

function bodyPart({ requestBody }) {
  if (!requestBody) return null
  const body = follow(requestBody)
  return part(body.required ? 'Body' : 'Body, optional', markdown(body.description), contents(body.content))
}

function responsePart(status, reference) {
  const response = follow(reference)
  const good = status.startsWith('2')
  const summary = [h('span', { className: `status s${status[0]}` }, status), ' ', h('span', null, inline(response.description ?? ''))]
  const headers = Object.entries(response.headers ?? {})
  return disclosure({ className: 'response', open: good }, summary, () => [
    contents(response.content),
    headers.length ? disclosure({ className: 'nested' }, 'Headers', () => h('dl', { className: 'fields' }, headers.map(([name, each]) => {
      const header = follow(each)
      return field(name, header.schema, { note: header.required ? null : 'optional', description: header.description })
    }))) : null,
    good ? null : examplesIn(response.content, `Example of status ${status}`),
    headers.length || response.content ? null : h('p', { className: 'muted' }, 'No body.'),
  ])
}

async function copy(text, block, button) {
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
    say('The curl line is copied')
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  } catch { // not a secure context, or not allowed
    getSelection().selectAllChildren(block)
    say('The curl line is selected. Copy it with your keyboard.')
    button.textContent = 'Selected'
  }
}

function curlPart(operation) {
  const line = curlLine(operation)
  const block = h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'curl line' }, h('code', null, line))
  const button = h('button', { type: 'button', className: 'small', 'aria-label': `Copy the curl line of ${operation.id}` }, 'Copy')
  button.addEventListener('click', () => copy(line, block, button))
  return h('section', { className: 'part curl' }, h('div', { className: 'part-head' }, h('h4', null, 'curl'), button), block)
}

function operationPanel(operation) {
  const { id, method, path, summary, description } = operation
  const responses = Object.entries(operation.responses ?? {})
  const sent = examplesIn(follow(operation.requestBody).content, 'Example body')
  const answered = responses.filter(([status]) => status.startsWith('2')).flatMap(([status, each]) => examplesIn(follow(each).content, `Example of status ${status}`))
  return h('article', { className: 'panel operation', id, 'aria-labelledby': `${id}-title` },
    h('header', null,
      h('h3', { id: `${id}-title` }, summary ?? id, ' ', h('a', { className: 'anchor', href: `#${id}`, 'aria-label': `Link to ${summary ?? id}` }, '#')),
      h('p', { className: 'route' }, methodBadge(method), ' ', pathText(path), operation.deprecated ? h('em', null, ' deprecated') : null)),
    h('div', { className: 'told' },
      h('div', { className: 'prose' }, markdown(description)),
      securityPart(operation), parametersPart(operation), bodyPart(operation),
      part('Responses', responses.map(([status, each]) => responsePart(status, each)))),
    h('div', { className: 'shown' }, curlPart(operation), sent.length ? part('Body, for example', sent) : null, answered.length ? part('Answer, for example', answered) : null))
}

// ---------------------------------------------------------------- the page

const rows = [] // { words, panel, link } of each operation
const groups = [] // the elements to hide when all their operations are hidden

function showDocument() {
  const { info } = api
  const operations = operationsOf(api)
  const tags = [...new Set([...(api.tags ?? []).map((tag) => tag.name), ...operations.map(({ tag }) => tag)])]
  const intro = h('header', { className: 'intro' },
    h('h1', null, `${info.title} API`, ' ', h('small', null, info.version)),
    info.summary ? h('p', { className: 'lead' }, info.summary) : null,
    h('div', { className: 'prose' }, markdown(info.description)))
  byId('docs-body').replaceChildren(intro, h('p', { id: 'docs-none', className: 'notice', hidden: true }, 'No operation has these words.'))
  for (const tag of tags) {
    const own = operations.filter((operation) => operation.tag === tag)
    if (!own.length) continue
    const section = h('section', { className: 'group', 'aria-labelledby': `tag-${tag}` },
      h('div', { className: 'group-head' }, h('h2', { id: `tag-${tag}` }, tag), h('div', { className: 'muted' }, markdown(api.tags?.find((each) => each.name === tag)?.description))))
    const list = h('ul')
    for (const operation of own) {
      const panel = operationPanel(operation)
      const link = h('li', null, h('a', { href: `#${operation.id}` }, methodBadge(operation.method), h('span', null, operation.summary ?? operation.path)))
      const { method, path, id, summary, description } = operation
      const words = [method, path, id, tag, summary, description, ...operation.parameters.map(({ name }) => name)].join(' ').toLowerCase()
      rows.push({ words, panel, link, group: tag })
      section.append(panel)
      list.append(link)
    }
    const heading = h('div', null, h('h2', null, tag), list)
    groups.push({ tag, elements: [section, heading] })
    byId('docs-body').append(section)
    byId('docs-links').append(heading)
  }
  byId('docs-index').hidden = false
  say(`${rows.length} operations`)
}

/** Shows the operations that have all the words of the filter box. */
function filter() {
  const wanted = byId('docs-filter').value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const row of rows) row.panel.hidden = row.link.hidden = !wanted.every((word) => row.words.includes(word))
  for (const { tag, elements } of groups) {
    const none = rows.every((row) => row.group !== tag || row.panel.hidden)
    for (const element of elements) element.hidden = none
  }
  const shown = rows.filter((row) => !row.panel.hidden).length
  byId('docs-none').hidden = shown > 0
  byId('docs-body').querySelector('.intro').hidden = wanted.length > 0
  say(`${shown} of ${rows.length} operations`)
}

/** Goes to the operation in the address, which the filter may have hidden. */
function goToAnchor() {
  const target = byId(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  if (target.closest('[hidden]')) {
    byId('docs-filter').value = ''
    filter()
  }
  target.scrollIntoView()
}

/** Marks in the list the operation that is being read. */
function followReading() {
  const seen = new Set()
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? 'add' : 'delete'](target)
    const current = rows.find(({ panel }) => seen.has(panel))
    for (const row of rows) {
      const anchor = row.link.firstChild
      if (row !== current) anchor.removeAttribute('aria-current')
      else anchor.setAttribute('aria-current', 'location')
    }
  }, { rootMargin: '-5% 0px -75% 0px' })
  for (const { panel } of rows) watcher.observe(panel)
}

async function start() {
  say('Loading the API description')
  try {
    api = await readDocument()
    showDocument()
  } catch (error) {
    const button = h('button', { type: 'button' }, 'Try again')
    button.addEventListener('click', () => location.reload())
    const known = error instanceof Trouble
    byId('docs-body').replaceChildren(h('div', { className: 'notice bad', role: 'alert' },
      h('h2', null, known ? error.title : 'The API description cannot be shown'), h('p', null, error.message), error.help ? h('p', null, error.help) : null,
      h('p', null, 'The document itself: ', h('a', { href: SOURCE }, SOURCE)), button))
    if (!known) console.error(error)
    return
  }
  const wide = matchMedia('(min-width: 60.01rem)')
  const fit = () => (byId('docs-list').open = wide.matches)
  wide.addEventListener('change', fit)
  fit()
  byId('docs-filter').addEventListener('input', filter)
  byId('docs-links').addEventListener('click', (event) => {
    if (event.target.closest('a') && !wide.matches) byId('docs-list').open = false
  })
  addEventListener('hashchange', goToAnchor)
  goToAnchor()
  followReading()
}

start()

// The page /docs: /openapi.yaml, made readable.

import { SOURCE, Trouble, api, follow, operationsOf, readDocument, resolve } from './docs-document.js'
import { code, coloured, h, inline, joined, json, markdown } from './docs-text.js'

// ---------------------------------------------------------------- small tools

const byId = (id) => document.getElementById(id)

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

// ---------------------------------------------------------------- examples and the curl line

const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`
const textOf = (value) => (Array.isArray(value) ? value.map(textOf).join(',') : typeof value === 'string' ? value : json(value))

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
  const wanted = (p) => p.required || (p.in === 'query' && examplesOf(p).length > 0)
  const having = (place) => operation.parameters.filter((p) => p.in === place && wanted(p))
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
  if (low === 1 && high == null && unit) return ['not empty']
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
  found.push(...between(schema.minLength, schema.maxLength, ' characters'), ...between(schema.minItems, schema.maxItems, ' items'))
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
function field(name, reference, { note, description = describes(reference), depth = 0, open = false } = {}) {
  const nested = objectsIn(reference).map(({ node, name: title }) => {
    const summary = title ? ['Fields of ', code(title)] : 'Its fields'
    const build = () => [node.description === description ? null : markdown(node.description), fields(node, depth + 1)]
    return disclosure({ className: 'nested', open: open && depth < 3 }, summary, build)
  })
  const type = h('p', { className: 'type' }, joined([h('b', null, typeName(reference)), ...facts(reference)], ', '))
  return row(name, note, [type, markdown(description)], nested)
}

const row = (name, note, content, nested = []) =>
  h('div', { className: 'field' },
    h('dt', null, code(name), note ? h('small', { className: note === 'required' ? 'must' : '' }, note) : null),
    h('dd', null, content),
    nested.map((each) => h('dd', { className: 'below' }, each)))

/** The fields of an object. */
function fields(schema, depth = 0) {
  const entries = Object.entries(schema.properties)
  const required = schema.required ?? []
  const all = entries.every(([name]) => required.includes(name))
  const oneOf = (schema.anyOf ?? []).flatMap((each) => each.required ?? [])
  const rules = [
    all && (entries.length > 1 ? 'All fields are required.' : 'The field is required.'),
    schema.additionalProperties === false && 'No other fields.',
  ]
  const choice = oneOf.length ? [' At least one of ', joined(oneOf.map(code), ', '), '.'] : null
  return [
    h('p', { className: 'rules' }, rules.filter(Boolean).join(' '), choice),
    h('dl', { className: 'fields' }, entries.map(([name, each]) =>
      field(name, each, { note: all ? null : required.includes(name) ? 'required' : 'optional', depth, open: entries.length < 4 }))),
  ]
}

/** The schema of each media type of a body. */
function contents(content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) => {
    const objects = objectsIn(schema)
    const words = [h('b', null, typeName(schema)), ...(objects.length ? [] : facts(schema))]
    return h('div', { className: 'content' },
      h('p', { className: 'type' }, code(type), ' ', joined(words, ', ')),
      objects.map(({ node }) => [markdown(node.description), fields(node)]))
  })
}

const scrollable = (label, text) => h('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, h('code', null, text))

function example({ name, value }, label, open = true) {
  const text = typeof value === 'string' ? value : json(value, 54)
  const block = scrollable(name ? `${label}: ${name}` : label, typeof value === 'string' ? text : coloured(text))
  return name ? h('details', { className: 'example', open }, h('summary', null, name), block) : block
}

const examplesIn = (content, label) =>
  Object.values(content ?? {}).flatMap(examplesOf).map((each, index) => example(each, label, index === 0))

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
  const note = mustIdentify(operation) ? 'required' : 'optional'
  return part('Access', h('dl', { className: 'fields' }, schemes.map(({ type, name, scheme, description }) =>
    row(type === 'http' ? 'Authorization' : name, note, [
      h('p', { className: 'type' }, h('b', null, scheme === 'bearer' ? 'Bearer token' : scheme ?? type)),
      markdown(description),
    ]))))
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
  const headers = Object.entries(response.headers ?? {}).map(([name, each]) => {
    const { schema, required, description } = follow(each)
    return field(name, schema, { note: required ? null : 'optional', description })
  })
  return disclosure({ className: 'response', open: good }, summary, () => [
    contents(response.content),
    headers.length ? disclosure({ className: 'nested' }, 'Headers', () => h('dl', { className: 'fields' }, headers)) : null,
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
  const block = scrollable('curl line', line)
  const button = h('button', { type: 'button', className: 'small', 'aria-label': `Copy the curl line of ${operation.id}` }, 'Copy')
  button.addEventListener('click', () => copy(line, block, button))
  return h('section', { className: 'part curl' }, h('div', { className: 'part-head' }, h('h4', null, 'curl'), button), block)
}

function operationPanel(operation) {
  const { id, method, path, summary = id, description, deprecated } = operation
  const responses = Object.entries(operation.responses ?? {})
  const good = responses.filter(([status]) => status.startsWith('2'))
  const sent = examplesIn(follow(operation.requestBody).content, 'Example body')
  const answered = good.flatMap(([status, each]) => examplesIn(follow(each).content, `Example of status ${status}`))
  const anchor = h('a', { className: 'anchor', href: `#${id}`, 'aria-label': `Link to ${summary}` }, '#')
  return h('article', { className: 'panel operation', id, 'aria-labelledby': `${id}-title` },
    h('header', null,
      h('h3', null, h('span', { id: `${id}-title` }, summary), '\u00a0', anchor),
      h('p', { className: 'route' }, methodBadge(method), ' ', pathText(path), deprecated ? h('em', null, ' deprecated') : null)),
    h('div', { className: 'told' },
      h('div', { className: 'prose' }, markdown(description)),
      securityPart(operation),
      parametersPart(operation),
      bodyPart(operation),
      part('Responses', responses.map(([status, each]) => responsePart(status, each)))),
    h('div', { className: 'shown' },
      curlPart(operation),
      sent.length ? part('Body, for example', sent) : null,
      answered.length ? part('Answer, for example', answered) : null))
}

// ---------------------------------------------------------------- the page

const shown = [] // { words, panel, link, group } of each operation
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
    const about = api.tags?.find(({ name }) => name === tag)?.description
    const title = h('h2', { id: `tag-${tag}` }, tag)
    const head = h('div', { className: 'group-head' }, title, h('div', { className: 'muted' }, markdown(about)))
    const section = h('section', { className: 'group', 'aria-labelledby': `tag-${tag}` }, head)
    const list = h('ul')
    for (const operation of own) {
      const { method, path, id, summary = id, description, parameters } = operation
      const panel = operationPanel(operation)
      const link = h('li', null, h('a', { href: `#${id}` }, methodBadge(method), h('span', null, summary)))
      const words = [method, path, id, tag, summary, description, ...parameters.map(({ name }) => name)].join(' ').toLowerCase()
      shown.push({ words, panel, link, group: tag })
      section.append(panel)
      list.append(link)
    }
    const heading = h('div', null, h('h2', null, tag), list)
    groups.push({ tag, elements: [section, heading] })
    byId('docs-body').append(section)
    byId('docs-links').append(heading)
  }
  byId('docs-index').hidden = false
  say(`${shown.length} operations`)
}

/** Shows the operations that have all the words of the filter box. */
function filter() {
  const wanted = byId('docs-filter').value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const { words, panel, link } of shown) panel.hidden = link.hidden = !wanted.every((word) => words.includes(word))
  const left = shown.filter(({ panel }) => !panel.hidden)
  for (const { tag, elements } of groups) {
    for (const element of elements) element.hidden = !left.some(({ group }) => group === tag)
  }
  byId('docs-none').hidden = left.length > 0
  byId('docs-body').querySelector('.intro .prose').hidden = wanted.length > 0
  scrollTo(0, 0)
  say(`${left.length} of ${shown.length} operations`)
}

/** Goes to the operation in the address, which the filter may have hidden. */
function goToAnchor() {
  const target = byId(location.hash.slice(1))
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
    const current = shown.find(({ panel }) => seen.has(panel))
    for (const { link } of shown) link.firstChild.removeAttribute('aria-current')
    current?.link.firstChild.setAttribute('aria-current', 'location')
  }, { rootMargin: '-5% 0px -75% 0px' })
  for (const { panel } of shown) watcher.observe(panel)
}

function showTrouble(error) {
  const known = error instanceof Trouble
  if (!known) console.error(error)
  byId('docs-body').replaceChildren(h('div', { className: 'notice bad', role: 'alert' },
    h('h2', null, known ? error.title : 'The API description cannot be shown'),
    h('p', null, error.message),
    error.help ? h('p', null, error.help) : null,
    h('p', null, 'The document itself: ', h('a', { href: SOURCE }, SOURCE)),
    h('button', { type: 'button', onclick: () => location.reload() }, 'Try again')))
}

async function start() {
  say('Loading the API description')
  try {
    await readDocument()
    showDocument()
  } catch (error) {
    return showTrouble(error)
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

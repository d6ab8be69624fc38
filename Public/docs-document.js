// What /docs reads: /openapi.yaml, its references and its operations.

import { Decimal } from './docs-text.js'

export const SOURCE = '/openapi.yaml'
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const PLACES = ['path', 'query', 'header', 'cookie']

export class Trouble extends Error {
  constructor(title, message, help) {
    super(message)
    Object.assign(this, { title, help })
  }
}

/** YAML's core schema, where a date is text; a fraction keeps its digits where they are JSON too. */
function yamlSchema({ CORE_SCHEMA, Type, types }) {
  const construct = (text) => (/^-?(0|[1-9]\d*)\.\d+$/.test(text) ? new Decimal(text) : types.float.construct(text))
  const decimal = new Type('tag:yaml.org,2002:float', { kind: 'scalar', resolve: types.float.resolve, construct })
  return CORE_SCHEMA.extend({ implicit: [decimal] })
}

export async function readDocument() {
  if (!globalThis.jsyaml) {
    const help = 'Run make setup, restart the server, then load this page again.'
    throw new Trouble('The YAML parser is missing', '/vendor/js-yaml.min.js could not be loaded.', help)
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
  api = parsed
}

/** The document, once it is read. */
export let api

/** What a `$ref` points to, with what stands beside it, and the last part of the pointer as its name. */
export function resolve(node) {
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
export const follow = (node) => resolve(node).node

/** Every operation, with the parameters of its path and the security of the document where it has none of its own. */
export function operationsOf({ paths, security }) {
  return Object.entries(paths).flatMap(([path, item]) => {
    const shared = follow(item)
    return METHODS.filter((method) => shared[method]).map((method) => {
      const operation = shared[method]
      const all = [...(shared.parameters ?? []), ...(operation.parameters ?? [])].map(follow)
      const parameters = new Map(all.map((p) => [`${p.in} ${p.name}`, p])) // the operation's own take the place of the path's
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

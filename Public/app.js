// The dashboard page: one brand, one period, some collectors. The query string is the state, so a view can be shared.

const PRESETS = [7, 30, 90]
const DEFAULT_DAYS = 30
const MOST_DAYS = 3660
const DASH = '–'

// ---------------------------------------------------------------- small tools

const byId = (id) => document.getElementById(id)
const SVG = 'http://www.w3.org/2000/svg'

/** An element with properties, attributes (`aria-…`, `data-…`, `role`, `class`, `scope`) and children; text is never parsed as HTML. */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (key in element && !key.includes('-')) element[key] = value
    else if (value !== undefined) element.setAttribute(key, value)
  }
  element.append(...children.filter((child) => child != null))
  return element
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

const decimals = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const integers = new Intl.NumberFormat('en')
const longDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const monthOnly = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' })

const average = (value) => (value == null ? DASH : decimals.format(value).replace('-', '−'))
const count = (value) => (value == null ? DASH : integers.format(value))
const dayText = (iso, format = longDay) => format.format(new Date(`${iso}T00:00:00Z`))

const isoDay = (date) => date.toISOString().slice(0, 10)
const today = () => isoDay(new Date())
function addDays(iso, days) {
  const date = new Date(`${iso}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return isoDay(date)
}
function daysBetween(start, end) {
  const days = []
  for (let day = start; day <= end && days.length < MOST_DAYS; day = addDays(day, 1)) days.push(day)
  return days
}

// ---------------------------------------------------------------- talking to the server

class Problem extends Error {
  constructor(title, detail, { status = 0, errors = [], retryAfter = null } = {}) {
    super(detail)
    Object.assign(this, { title, detail, status, errors, retryAfter })
  }
}

/** The answer with the schema that gave it, or a `Problem`. */
async function ask(path, parameters = {}, signal) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value))
  let response
  try {
    response = await fetch(query.size ? `${path}?${query}` : path, { headers: { Accept: 'application/json' }, signal })
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Problem('No answer', 'The server cannot be reached. Is it running?')
  }
  const body = await response.json().catch((error) => {
    if (error.name === 'AbortError') throw error
    return null
  })
  if (response.ok && body) {
    return { body, schema: response.headers.get('X-Schema'), reason: response.headers.get('X-Schema-Reason') }
  }
  throw new Problem(body?.title ?? 'Something went wrong', body?.detail ?? 'The server gave an answer that this page cannot read.', {
    status: response.status,
    errors: body?.errors ?? [],
    retryAfter: response.headers.get('Retry-After'),
  })
}

const brandPath = (brand) => `/api/brands/${encodeURIComponent(brand)}`

// ---------------------------------------------------------------- the state and the query string

/** `days` is set for a preset that ends today; otherwise `start` and `end` are what the address says. */
const state = { brand: null, days: DEFAULT_DAYS, start: null, end: null, collectors: [] }
let brands = []

function readAddress() {
  const query = new URLSearchParams(location.search)
  const days = Number(query.get('days'))
  state.brand = query.get('brand')?.toLowerCase() ?? null
  state.start = query.get('start')
  state.end = query.get('end')
  state.days = PRESETS.includes(days) ? days : state.start || state.end ? null : DEFAULT_DAYS
  state.collectors = (query.get('collectors') ?? '').split(',').filter(Boolean)
}

function addressOf(view) {
  const query = new URLSearchParams()
  if (view.brand) query.set('brand', view.brand)
  if (view.days) query.set('days', view.days)
  else {
    if (view.start) query.set('start', view.start)
    if (view.end) query.set('end', view.end)
  }
  if (view.collectors.length) query.set('collectors', view.collectors.join(','))
  return `/?${query}`
}

/** The period to ask for. */
function period() {
  if (!state.days) return { start: state.start, end: state.end }
  const end = today()
  return { start: addDays(end, 1 - state.days), end }
}

/** Changes the view as the reader asked: a new address, then the numbers. */
function go(change) {
  Object.assign(state, change)
  history.pushState(null, '', addressOf(state))
  showBrands()
  load()
}

// ---------------------------------------------------------------- collectors: always the same look

const KNOWN_COLLECTORS = ['chatgpt', 'claude', 'gemini', 'perplexity', 'copilot', 'grok', 'deepseek', 'mistral']
const POINTS = ['circle', 'triangle', 'rect', 'rectRot', 'circle', 'triangle', 'rect', 'rectRot']
const POINT_SCALE = { circle: 1, triangle: 1.35, rect: 1.2, rectRot: 1.25 } // so that all look equally big
const DASHES = [[7, 4], [2, 3], [9, 3, 2, 3]]

/** Known collectors have a colour each and a solid line; any other takes colour and dashes from its name, today and tomorrow. */
function lookOf(collector) {
  const known = KNOWN_COLLECTORS.indexOf(collector.toLowerCase())
  if (known >= 0) return { series: known + 1, dash: [], point: POINTS[known] }
  let hash = 2166136261
  for (const character of collector) hash = Math.imul(hash ^ character.codePointAt(0), 16777619) >>> 0
  return { series: (hash % 8) + 1, dash: DASHES[(hash >>> 3) % 3], point: POINTS[hash % 8] }
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const POINT_SHAPES = {
  circle: () => svg('circle', { cx: 13, cy: 6, r: 3.5 }),
  triangle: () => svg('path', { d: 'M13 1.8l4.2 7.4h-8.4z' }),
  rect: () => svg('path', { d: 'M9.8 2.8h6.4v6.4h-6.4z' }),
  rectRot: () => svg('path', { d: 'M13 1.4l4.6 4.6-4.6 4.6-4.6-4.6z' }),
}

function swatch(collector) {
  const look = lookOf(collector)
  const point = POINT_SHAPES[look.point]()
  const line = svg('path', { d: 'M0 6h26', 'stroke-dasharray': look.dash.join(' ') })
  const element = svg('svg', { class: 'swatch', viewBox: '0 0 26 12', width: 26, height: 12, 'aria-hidden': 'true' }, line, point)
  element.style.stroke = `var(--series-${look.series})`
  point.style.fill = `var(--series-${look.series})`
  point.style.stroke = 'none'
  return element
}

// ---------------------------------------------------------------- which schema answered

const REASONS = {
  'new flag': 'flag: the new schema is on for everyone',
  'old flag': 'flag: the new schema is off',
  'new canary': 'canary: this reader is part of it',
  'old canary': 'canary: this reader is not part of it',
  'new override': 'override: new was asked for',
  'old override': 'override: old was asked for',
  'old fallback': 'fallback: new could not answer',
}

function badge({ schema, reason }, small = false) {
  if (schema !== 'old' && schema !== 'new') return ''
  const rails = [svg('path', { d: 'M2 16h20', class: schema === 'old' ? '' : 'rail' })]
  rails.push(svg('path', { d: 'M6 16c6 0 6-9 11-9h5', class: schema === 'new' ? '' : 'rail' }))
  const size = small ? 18 : 26
  const icon = svg('svg', { viewBox: '0 0 24 24', width: size, height: size, 'aria-hidden': 'true' }, ...rails)
  const title = schema === 'new' ? 'New schema' : 'Old schema'
  const words = small
    ? h('div', {}, `${title}, ${reason ?? 'no reason given'}`)
    : h('div', {}, h('strong', {}, `${title} answered`), h('span', {}, REASONS[`${schema} ${reason}`] ?? reason ?? ''))
  return h('div', { class: `badge ${schema}${small ? ' small' : ''}` }, icon, words)
}

// ---------------------------------------------------------------- states that are not numbers

function say(text) {
  byId('state-line').textContent = text
}

function notice(title, text, ...rest) {
  return h('div', { class: 'notice' }, h('h2', {}, title), typeof text === 'string' ? h('p', {}, text) : text, ...rest)
}

/** What went wrong, in the server's words, with the button that can help: again, or a period that is surely right. */
function problemNotice(problem, retry) {
  const fields = problem.errors.map((error) => h('li', {}, h('b', {}, error.field), ` ${error.detail}`))
  const facts = [problem.status && `Status ${problem.status}.`, problem.retryAfter && `The server asks to wait ${problem.retryAfter} s.`]
  const asked = [400, 422].includes(problem.status)
  const reset = () => go({ days: DEFAULT_DAYS, start: null, end: null, collectors: [] })
  const box = notice(
    problem.title,
    problem.detail,
    fields.length ? h('ul', {}, ...fields) : null,
    problem.status ? h('p', { class: 'muted' }, facts.filter(Boolean).join(' ')) : null,
    problem.status === 404 ? null
      : h('button', { type: 'button', onclick: asked ? reset : retry }, asked ? `Show the last ${DEFAULT_DAYS} days` : 'Try again'),
  )
  box.classList.add('bad')
  return box
}

/** Bones in the shape of what comes; only for the first load, later ones dim what is there. */
function bones() {
  const tiles = Array.from({ length: 6 }, () => h('div', { class: 'bone' }))
  return h('div', { class: 'loading' }, h('div', { class: 'bones' }, ...tiles), h('div', { class: 'bone tall' }))
}

// ---------------------------------------------------------------- brands

function showBrands() {
  const wanted = byId('brand-search').value.trim().toLowerCase()
  const shared = new Set(brands.map((brand) => brand.name).filter((name, index, all) => all.indexOf(name) !== index))
  const items = brands
    .filter((brand) => brand.name.toLowerCase().includes(wanted))
    .map((brand) => {
      const link = h('a', { href: addressOf({ ...state, brand: brand.id }) }, brand.name)
      if (shared.has(brand.name)) link.append(h('small', {}, brand.id.slice(0, 8)))
      if (brand.id === state.brand) link.setAttribute('aria-current', 'page')
      link.addEventListener('click', (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        go({ brand: brand.id })
        byId('brand-list').querySelector('[aria-current]')?.focus()
      })
      return h('li', {}, link)
    })
  byId('brand-list').replaceChildren(...(items.length || !wanted ? items : [h('li', { class: 'muted' }, 'No brand has this name.')]))
}

async function start() {
  const page = byId('page-state')
  page.replaceChildren(bones())
  say('Loading the brands')
  try {
    brands = (await ask('/api/brands')).body.brands
  } catch (problem) {
    page.replaceChildren(problemNotice(problem, start))
    return say(`${problem.title}: ${problem.detail}`)
  }
  byId('brand-search').hidden = brands.length < 9
  if (!brands.length) {
    const help = h('p', {}, 'Start the server with ', h('code', {}, 'switchyard demo'), ' to see it with sample data.')
    page.replaceChildren(notice('No brands yet', help))
    return say('No brands yet')
  }
  if (!state.brand) {
    state.brand = brands[0].id
    history.replaceState(null, '', addressOf(state))
  }
  showBrands()
  byId('brand-list').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  load()
}

// ---------------------------------------------------------------- one view

let running = new AbortController()
let shown = null // the dashboard on the screen, for a change of colours
const collectorsOf = new Map() // 'brand start end' -> every collector with rows there

async function load() {
  running.abort()
  running = new AbortController()
  const { signal } = running
  const { start, end } = period()
  const filter = state.collectors.join(',')
  const path = brandPath(state.brand)
  const parameters = { start, end, collectors: filter }
  const key = `${state.brand} ${start} ${end}`

  showControls(start, end)
  showLoading()

  const competitors = ask(`${path}/competitors`, parameters, signal)
  competitors.catch(() => {}) // looked at below, or not at all
  const everyone = filter && !collectorsOf.has(key) ? ask(`${path}/dashboard`, { start, end }, signal).catch(() => null) : null
  try {
    const answer = await ask(`${path}/dashboard`, parameters, signal)
    const whole = filter ? await everyone : answer
    if (signal.aborted) return
    if (whole) collectorsOf.set(key, whole.body.by_collector.map((row) => row.collector_type))
    showControls(answer.body.start, answer.body.end, collectorsOf.get(key))
    showDashboard(answer)
    byId('numbers').removeAttribute('aria-busy')
    await showCompetitors(competitors, signal)
  } catch (problem) {
    if (signal.aborted) return
    showProblem(problem)
  }
  if (signal.aborted) return
  for (const id of ['numbers', 'competitors']) byId(id).removeAttribute('aria-busy')
}

function showTitle(name) {
  byId('page-state').replaceChildren()
  byId('view').hidden = false
  byId('brand-name').textContent = name
  document.title = `${name} · Switchyard`
}

const knownName = () => brands.find((brand) => brand.id === state.brand)?.name ?? 'Unknown brand'

/** The numbers of the same brand stay, dimmed, until the new ones are here; those of another brand go at once. */
function showLoading() {
  showTitle(knownName())
  byId('range-text').textContent = 'Loading…'
  for (const id of ['numbers', 'competitors']) byId(id).setAttribute('aria-busy', 'true')
  say('Loading the numbers')
  if (shown?.brand_id === state.brand) return
  shown = null
  clearNumbers()
  byId('notice').replaceChildren(bones())
}

function clearNumbers() {
  byId('dashboard-badge').replaceChildren()
  byId('numbers').hidden = true
  byId('competitors').hidden = true
}

function showProblem(problem) {
  shown = null
  showTitle(knownName())
  byId('range-text').textContent = ''
  clearNumbers()
  byId('notice').replaceChildren(problemNotice(problem, load))
  for (const id of ['start', 'end']) {
    if (problem.errors?.some((error) => error.field === id)) byId(id).setAttribute('aria-invalid', 'true')
  }
  say(`${problem.title}: ${problem.detail}`)
}

function showDashboard(answer) {
  const { body } = answer
  const empty = body.totals.total_responses === 0
  showTitle(body.brand_name)
  const length = daysBetween(body.start, body.end).length
  byId('range-text').textContent = `${dayText(body.start)} to ${dayText(body.end)}, ${length === 1 ? '1 day' : `${count(length)} days`}, UTC`
  byId('dashboard-badge').replaceChildren(badge(answer))
  byId('notice').replaceChildren(...(empty ? [emptyNotice(body)] : []))
  byId('numbers').hidden = empty
  shown = empty ? null : body
  if (empty) return say(`${body.brand_name}: no responses in this period`)
  showTiles(body.totals)
  drawCharts(body)
  showDaily()
  say(`${body.brand_name}: ${count(body.totals.total_responses)} responses, answered by the ${answer.schema} schema`)
}

function emptyNotice(body) {
  const box = notice('No responses in this period', 'No collector has an answer about this brand on these days.')
  const button = h('button', { type: 'button' }, 'Show the latest responses')
  button.addEventListener('click', () => showLatest(box, button))
  if (body.collectors) {
    box.querySelector('p').textContent = 'None of the chosen collectors has an answer about this brand on these days.'
    box.append(h('button', { type: 'button', onclick: () => go({ collectors: [] }) }, 'Show all collectors'))
  }
  box.append(button)
  return box
}

/** Looks for the brand's last response in the widest range that the server allows, and shows the month before it. */
async function showLatest(box, button) {
  const end = today()
  const { signal } = running
  button.disabled = true
  try {
    const { body } = await ask(`${brandPath(state.brand)}/dashboard`, { start: addDays(end, 1 - MOST_DAYS), end }, signal)
    if (signal.aborted) return
    const last = body.totals.last_response?.slice(0, 10)
    if (last) return go({ days: null, start: addDays(last, 1 - DEFAULT_DAYS), end: last, collectors: [] })
    button.replaceWith(h('p', {}, 'This brand has no responses at all yet.'))
    say('This brand has no responses at all yet')
  } catch (problem) {
    if (!signal.aborted) box.replaceWith(problemNotice(problem, load))
  }
}

// ---------------------------------------------------------------- period and collectors

function showControls(start, end, collectors) {
  for (const button of document.querySelectorAll('[data-days]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.days) === state.days))
  }
  for (const [id, value] of [['start', start], ['end', end]]) {
    byId(id).value = value ?? ''
    byId(id).removeAttribute('aria-invalid')
  }
  if (collectors) showCollectors([...new Set([...collectors, ...state.collectors])].sort())
  else for (const box of byId('collector-list').querySelectorAll('input')) box.checked = isChosen(box.value)
}

const isChosen = (collector) => !state.collectors.length || state.collectors.includes(collector)

function showCollectors(collectors) {
  const list = byId('collector-list')
  const focused = list.contains(document.activeElement) ? document.activeElement.value : null
  const chips = collectors.map((collector) => {
    const box = h('input', { type: 'checkbox', value: collector, checked: isChosen(collector) })
    box.addEventListener('change', () => {
      const chosen = collectors.filter((name) => (name === collector ? box.checked : isChosen(name)))
      go({ collectors: chosen.length === collectors.length ? [] : chosen })
    })
    return h('label', { class: 'chip' }, box, swatch(collector), collector)
  })
  if (state.collectors.length) chips.push(h('button', { type: 'button', onclick: () => go({ collectors: [] }) }, 'Show all'))
  list.replaceChildren(...chips)
  byId('collector-field').hidden = !collectors.length
  if (focused != null) {
    const boxes = [...list.querySelectorAll('input')]
    ;(boxes.find((box) => box.value === focused) ?? boxes[0])?.focus()
  }
}

function listenToControls() {
  for (const button of document.querySelectorAll('[data-days]')) {
    button.addEventListener('click', () => go({ days: Number(button.dataset.days), start: null, end: null }))
  }
  byId('dates').addEventListener('submit', (event) => {
    event.preventDefault()
    const [first, last] = [byId('start'), byId('end')]
    const missing = [first, last].find((input) => !input.value)
    if (!missing) return go({ days: null, start: first.value, end: last.value })
    missing.setAttribute('aria-invalid', 'true')
    missing.focus()
    say('Please give both days')
  })
  byId('brand-search').addEventListener('input', showBrands)
}

// ---------------------------------------------------------------- totals

function tile(title, value, note) {
  return h('div', { class: 'tile' }, h('dt', {}, title), h('dd', {}, value), note ? h('dd', { class: 'note' }, note) : null)
}

function showTiles(totals) {
  const present = totals.total_responses ? (100 * totals.presence_count) / totals.total_responses : null
  const moods = [
    ['positive', 'Positive', totals.positive_count],
    ['neutral', 'Neutral', totals.neutral_count],
    ['negative', 'Negative', totals.negative_count],
  ]
  const stack = h('div', { class: 'stack', 'aria-hidden': 'true' })
  for (const [mood, , number] of moods) {
    if (!number) continue
    const part = h('i', { class: mood })
    part.style.flexGrow = number
    stack.append(part)
  }
  const words = moods.map(([mood, label, number]) =>
    h('span', {}, h('span', { class: `dot ${mood}`, 'aria-hidden': 'true' }), `${label} `, h('b', {}, count(number))),
  )
  byId('tiles').replaceChildren(
    tile('Responses', count(totals.total_responses)),
    tile('Brand present', count(totals.presence_count), present == null ? null : `${average(present)} % of all`),
    tile('Visibility', average(totals.avg_visibility), 'average, 0\u2060–\u2060100'),
    tile('Share', average(totals.avg_share), 'average, percent'),
    tile('Sentiment', average(totals.avg_sentiment), 'average, −1 to 1'),
    h('div', { class: 'tile tone' }, h('dt', {}, 'Tone'), h('dd', {}, stack, h('div', { class: 'moods' }, ...words))),
  )
}

// ---------------------------------------------------------------- charts

const METRICS = [
  { id: 'chart-visibility', key: 'avg_visibility', total: 'avg_visibility', name: 'Visibility', scale: { beginAtZero: true } },
  { id: 'chart-share', key: 'avg_share', total: 'avg_share', name: 'Share of answers', scale: { beginAtZero: true } },
  { id: 'chart-sentiment', key: 'avg_sentiment', total: 'avg_sentiment', name: 'Sentiment', scale: { suggestedMin: -1, suggestedMax: 1 } },
]
const charts = new Map()

function drawCharts(body) {
  const days = daysBetween(body.start, body.end)
  const collectors = [...new Set(body.daily.map((row) => row.collector_type))].sort()
  for (const metric of METRICS) drawChart(metric, body, days, collectors)
}

function drawChart(metric, body, days, collectors) {
  const canvas = byId(metric.id)
  charts.get(metric.id)?.destroy()
  canvas.setAttribute(
    'aria-label',
    `${metric.name} by day for ${collectors.join(', ')}. Average ${average(body.totals[metric.total])}. The table below has each number.`,
  )
  if (!window.Chart) {
    const text = 'The chart library is missing. Run make setup, then load this page again.'
    if (!canvas.hidden) canvas.after(h('p', {}, text))
    canvas.hidden = true
    return
  }
  const position = new Map(days.map((day, index) => [day, index]))
  const datasets = collectors.map((collector) => {
    const values = new Array(days.length).fill(null) // a day without a row, or without a value, stays a gap
    for (const row of body.daily) if (row.collector_type === collector) values[position.get(row.metric_date)] = row[metric.key]
    return seriesOf(collector, values)
  })
  charts.set(metric.id, new window.Chart(canvas, { type: 'line', data: { labels: days, datasets }, options: chartOptions(metric, days) }))
}

function seriesOf(collector, values) {
  const look = lookOf(collector)
  const colour = token(`--series-${look.series}`)
  const few = values.length <= 45
  const alone = (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null
  return {
    label: collector,
    data: values,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: values.length > 400 ? 1.25 : 2,
    borderDash: look.dash,
    pointStyle: look.point,
    pointRadius: ({ dataIndex }) => (few ? 3.5 : alone(dataIndex) ? 2.5 : 0) * POINT_SCALE[look.point],
    pointHoverRadius: 5 * POINT_SCALE[look.point],
    pointBorderWidth: 0,
    spanGaps: false,
  }
}

function chartOptions(metric, days) {
  const [ink, muted, line, panel] = ['--ink', '--muted', '--line', '--panel'].map(token)
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 }
  const dayFormat = days.length > 400 ? monthOnly : shortDay
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { right: 8 } },
    scales: {
      x: {
        grid: { display: false, borderColor: line },
        ticks: {
          color: muted,
          font,
          maxRotation: 0,
          autoSkip: true,
          autoSkipPadding: 24,
          callback: (_, index) => dayText(days[index], dayFormat),
        },
      },
      y: {
        ...metric.scale,
        grid: { color: line, drawBorder: false, drawTicks: false },
        ticks: { color: muted, font, padding: 8, maxTicksLimit: 6, callback: (value) => average(value) },
      },
    },
    plugins: {
      legend: { display: false }, // the collector chips are the legend
      tooltip: {
        backgroundColor: panel,
        borderColor: line,
        borderWidth: 1,
        titleColor: ink,
        bodyColor: ink,
        titleFont: { ...font, weight: '600' },
        bodyFont: font,
        padding: 10,
        boxPadding: 6,
        usePointStyle: true,
        filter: (item) => item.raw != null,
        callbacks: {
          title: (items) => (items.length ? dayText(items[0].label) : ''),
          label: (item) => ` ${item.dataset.label}  ${average(item.raw)}`,
        },
      },
    },
  }
}

// ---------------------------------------------------------------- tables

/** A table whose columns are `{ title, cell, text }`; the first column names the row. */
function table(caption, columns, rows) {
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col', class: column.text ? 'text' : '' }, column.title)))
  const body = rows.map((row) =>
    h('tr', {}, ...columns.map((column, index) => {
      const content = column.cell(row)
      if (content instanceof HTMLTableCellElement) return content
      return index ? h('td', { class: column.text ? 'text' : '' }, content) : h('th', { scope: 'row', class: 'text' }, content)
    })),
  )
  return h('table', {}, h('caption', { class: 'visually-hidden' }, caption), h('thead', {}, head), h('tbody', {}, ...body))
}

const DAILY_COLUMNS = [
  { title: 'Day', text: true, cell: (row) => dayText(row.metric_date) },
  { title: 'Collector', text: true, cell: (row) => row.collector_type },
  { title: 'Responses', cell: (row) => count(row.total_responses) },
  { title: 'Present', cell: (row) => count(row.presence_count) },
  { title: 'Visibility', cell: (row) => average(row.avg_visibility) },
  { title: 'Share', cell: (row) => average(row.avg_share) },
  { title: 'Sentiment', cell: (row) => average(row.avg_sentiment) },
  { title: 'Positive', cell: (row) => count(row.positive_count) },
  { title: 'Neutral', cell: (row) => count(row.neutral_count) },
  { title: 'Negative', cell: (row) => count(row.negative_count) },
]

/** A long period has thousands of rows, so the table is made when it is opened. */
function showDaily() {
  const box = byId('daily-table')
  if (!byId('daily').open || !shown) return box.replaceChildren()
  box.replaceChildren(table('Numbers by day and collector', DAILY_COLUMNS, shown.daily))
}

function barCell(value) {
  const fill = h('i')
  fill.style.width = `${Math.min(100, Math.max(0, value ?? 0))}%`
  return h('td', { class: 'bar-cell' }, h('div', {}, h('div', { class: 'rail', 'aria-hidden': 'true' }, fill), h('span', { class: 'value' }, average(value))))
}

const COMPETITOR_COLUMNS = [
  { title: 'Competitor', text: true, cell: (row) => row.competitor_name },
  { title: 'Visibility', cell: (row) => barCell(row.avg_visibility) },
  { title: 'Share', cell: (row) => average(row.avg_share) },
  { title: 'Sentiment', cell: (row) => average(row.avg_sentiment) },
  { title: 'Present in', cell: (row) => `${count(row.presence_count)} of ${count(row.total_responses)}` },
  { title: 'Mentions', cell: (row) => count(row.total_mentions) },
]

async function showCompetitors(answer, signal) {
  const section = byId('competitors')
  const body = byId('competitors-body')
  try {
    const { body: document, ...schema } = await answer
    if (signal.aborted) return
    const rows = document.competitors
    section.hidden = !rows.length && !shown
    byId('competitors-badge').replaceChildren(badge(schema, true))
    if (!rows.length) return body.replaceChildren(h('p', { class: 'muted' }, 'No competitor has numbers in this period.'))
    const box = h('div', { class: 'table-box', tabIndex: 0, role: 'region', 'aria-label': 'Competitor table' })
    box.append(table('Competitors, highest visibility first', COMPETITOR_COLUMNS, rows))
    body.replaceChildren(box)
  } catch (problem) {
    if (signal.aborted) return
    section.hidden = false
    byId('competitors-badge').replaceChildren()
    body.replaceChildren(problemNotice(problem, load))
  }
}

// ---------------------------------------------------------------- go

listenToControls()
byId('daily').addEventListener('toggle', showDaily)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => shown && drawCharts(shown))
addEventListener('popstate', () => {
  readAddress()
  if (!brands.length) return
  state.brand ??= brands[0].id
  showBrands()
  load()
})
readAddress()
start()

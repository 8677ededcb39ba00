'use strict'

// Whether a file is the one of which a document's events in the evidence ledger speak. All is computed here: neither the
// file nor its hash is sent. A step holds only when its function comes to its end; whatever else happens in it refuses it.
// Forms: C2SP tlog-proof, tlog-checkpoint, signed-note; RFC 6962; RFC 8785.

const largestFile = 50 << 20
const largestProof = 64 << 10
const mostHashes = 63

/** Why a step does not hold ('bad'), or could not be looked at ('unknown'). */
class Refusal extends Error {
  constructor(reason, state = 'bad') {
    super(reason)
    this.reason = reason
    this.state = state
  }
}

function must(holds, reason, state) {
  if (holds !== true) throw new Refusal(reason, state)
}

async function step(name, work) {
  try {
    await work()
    return { name, state: 'ok' }
  } catch (error) {
    if (error instanceof Refusal) return { name, state: error.state, reason: error.reason }
    return { name, state: 'bad', reason: 'malformed' }
  }
}

/** The steps, in the order in which they are shown. Without an answer of the server (null), none can be looked at. */
async function verify({ answer, number, key, fileHash }) {
  const finished = () => proofIn(answer, 'finished')
  const issued = () => proofIn(answer, 'issued')
  return [
    await step('file', async () => must((await fileHash()) === eventOf(finished()).data.file, 'file_differs')),
    await step('finished', () => checkInLog(finished())),
    await step('issued', () => checkInLog(issued())),
    await step('together', () => checkTogether(finished(), issued(), number)),
    await step('signature', async () => {
      await checkSigned(finished(), key)
      await checkSigned(issued(), key)
    }),
  ]
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One of the two proofs of an answer, with the kind that its event must be of. */
function proofIn(answer, name) {
  must(answer !== null, 'unreachable', 'unknown')
  must(isObject(answer), 'malformed')
  const proof = answer[name]
  must(proof !== undefined && proof !== null, 'not_yet', 'unknown')
  must(isObject(proof) && ['event', 'proof', 'origin', 'key'].every((field) => typeof proof[field] === 'string'), 'malformed')
  return { ...proof, kind: `document.${name}` }
}

/** The event of a proof. It is canonical: one text, one reading. */
function eventOf({ event, kind }) {
  const body = JSON.parse(event)
  must(isObject(body) && canonical(body) === event && isObject(body.subject) && isObject(body.data), 'malformed')
  must(body.kind === kind && body.subject.kind === 'document', 'other_event')
  return body
}

/** RFC 8785. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value).sort()
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`).join(',')}}`
}

async function checkInLog(proof) {
  eventOf(proof)
  const { index, hashes, checkpoint } = parseProof(proof.proof)
  must(index === proof.index, 'other_index')
  must(checkpoint.origin === proof.origin, 'other_log')
  const commitment = await sha256(new TextEncoder().encode(proof.event))
  const root = await rootFrom(index, checkpoint.size, await sha256(Uint8Array.of(0), commitment), hashes)
  must(same(root, checkpoint.root), 'other_root')
}

/** The root to which a leaf and its proof lead (RFC 9162 2.1.3.2). Halves instead of shifts: sizes go beyond 32 bits. */
async function rootFrom(index, size, leaf, hashes) {
  must(index < size, 'other_root')
  let [at, last, hash] = [index, size - 1, leaf]
  for (const sibling of hashes) {
    must(last > 0, 'other_root')
    if (at % 2 === 1 || at === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else {
      hash = await sha256(Uint8Array.of(1), hash, sibling)
    }
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  must(last === 0, 'other_root')
  return hash
}

function checkTogether(finished, issued, number) {
  const [file, issue] = [eventOf(finished), eventOf(issued)]
  must(isText(file.subject.id) && file.subject.id === issue.subject.id && file.division === issue.division, 'other_document')
  must(file.subject.number === number && issue.subject.number === number, 'other_number')
  must(/^[0-9a-f]{64}$/.test(issue.data.content) && file.data.content === issue.data.content, 'other_content')
  must(file.data.index === parseProof(issued.proof).index && finished.origin === issued.origin, 'other_issue')
}

function isText(value) {
  return typeof value === 'string' && value !== ''
}

/** The signature of the log on a proof's checkpoint: under the key given, else under the one that comes with the proof. */
async function checkSigned(proof, given) {
  const key = await parseKey(given || proof.key, given ? 'unknown' : 'bad')
  const { text, signatures, origin } = parseProof(proof.proof).checkpoint
  must(key.name === origin && origin === proof.origin, 'other_key')
  const own = signatures.filter(({ name, raw }) => name === key.name && same(raw.subarray(0, 4), key.id))
  must(own.length > 0, 'unsigned')
  must(own.every(({ raw }) => raw.length === 68), 'forged')
  must(await knowsEd25519(), 'no_ed25519', 'unknown')
  for (const { raw } of own) must(await signed(key.point, raw.slice(4), new TextEncoder().encode(text)), 'forged')
}

/** Whether the browser verifies Ed25519, by the first example of RFC 8032 7.1. */
async function knowsEd25519() {
  try {
    const key = unhex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    const signature =
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
    return await signed(key, unhex(signature), new Uint8Array())
  } catch {
    return false
  }
}

async function signed(point, signature, message) {
  const key = await crypto.subtle.importKey('raw', point, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)
}

/** A verifier key: name+id+base64(type, point), where the id follows from the rest. */
async function parseKey(text, state) {
  const [, name, id, rest] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text) ?? []
  must(name !== undefined, 'no_key', state)
  const raw = fromBase64(rest, 'no_key', state)
  must(raw.length === 33 && raw[0] === 1, 'no_key', state)
  const hash = await sha256(new TextEncoder().encode(`${name}\n`), raw)
  must(hex(hash.subarray(0, 4)) === id, 'no_key', state)
  return { name, id: hash.slice(0, 4), point: raw.slice(1) }
}

/** A tlog-proof; a line of extra data is passed over. */
function parseProof(text) {
  must(text.length <= largestProof, 'malformed')
  const end = text.indexOf('\n\n')
  must(end > 0, 'malformed')
  const [header, ...lines] = text.slice(0, end).split('\n')
  must(header === 'c2sp.org/tlog-proof@v1', 'malformed')
  if (lines[0]?.startsWith('extra ')) lines.shift()
  const [place, ...hashes] = lines
  must(place?.startsWith('index ') && hashes.length <= mostHashes, 'malformed')
  return { index: whole(place.slice('index '.length)), hashes: hashes.map(hashOf), checkpoint: parseCheckpoint(text.slice(end + 2)) }
}

/** A signed checkpoint: its text ends before the blank line; then come the signatures of the log and of witnesses. */
function parseCheckpoint(note) {
  must(!/[^\P{Cc}\n]/u.test(note) && note.endsWith('\n'), 'malformed')
  const end = note.indexOf('\n\n')
  must(end > 0, 'malformed')
  const [origin, size, root] = note.slice(0, end).split('\n')
  must(isText(origin) && root !== undefined, 'malformed')
  const signatures = note.slice(end + 2, -1).split('\n').map((line) => {
    const [, name, signature] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? []
    must(name !== undefined, 'malformed')
    const raw = fromBase64(signature, 'malformed')
    must(raw.length > 4, 'malformed')
    return { name, raw }
  })
  return { text: note.slice(0, end + 1), origin, size: whole(size), root: hashOf(root), signatures }
}

function whole(text) {
  must(/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), 'malformed')
  return Number(text)
}

function hashOf(text) {
  const raw = fromBase64(text, 'malformed')
  must(raw.length === 32, 'malformed')
  return raw
}

/** Bytes of base64 in the one form that has padding and no loose bits, which atob does not insist on. */
function fromBase64(text, reason, state) {
  must(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, reason, state)
  const plain = atob(text)
  must(btoa(plain) === text, reason, state)
  return Uint8Array.from(plain, (c) => c.charCodeAt(0))
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unhex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16))
}

function same(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Pages that came over plain HTTP have no SHA-256. */
async function sha256(...parts) {
  must(globalThis.crypto?.subtle !== undefined, 'insecure', 'unknown')
  return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()))
}

async function hashOfFile(file) {
  must(file.size <= largestFile, 'too_large', 'unknown')
  const bytes = await file.arrayBuffer().catch(() => must(false, 'unreadable', 'unknown'))
  return hex(await sha256(bytes))
}

/** What the document is worth is the server's word alone. */
function told(status) {
  return step('status', () => {
    must(status !== null, 'unreachable', 'unknown')
    const known = ['valid', 'expired', 'superseded', 'revoked'].includes(status.status) && ['pass', 'fail'].includes(status.conclusion)
    must(known, 'no_status', 'unknown')
  })
}

/** The verdict: what is false outweighs what is not known, and both outweigh the document's status. */
function overall(steps, status) {
  for (const state of ['bad', 'unknown']) if (steps.some((one) => one.state === state)) return state
  if (steps.length !== 6 || steps.some((one) => one.state !== 'ok')) return 'unknown'
  return status.status === 'valid' && status.conclusion === 'fail' ? 'failed' : status.status
}

/** What is worth knowing beside the verdict, as far as it can be read. */
function factsOf(answer, key) {
  try {
    const [finished, issued] = [proofIn(answer, 'finished'), proofIn(answer, 'issued')]
    const { checkpoint } = parseProof(issued.proof)
    const witnesses = checkpoint.signatures.map(({ name }) => name).filter((name) => name !== checkpoint.origin)
    const at = new Date(Date.parse(eventOf(issued).at) + 8 * 3600_000).toISOString()
    return {
      index: String(issued.index),
      at: `${at.slice(0, 19).replace('T', ' ')} (UTC+8)`,
      key: key || [...new Set([issued.key, finished.key])].join('\n'),
      witnesses: [...new Set(witnesses)].join('\n'),
    }
  } catch {
    return {}
  }
}

/** The answer of an address: null when there is none, and what no step accepts when it is not JSON. */
async function ask(address) {
  try {
    const reply = await fetch(address, { headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'omit' })
    if (!reply.ok) return null
    return await reply.json()
  } catch (error) {
    return error instanceof SyntaxError ? 'no JSON' : null
  }
}

const find = (id) => document.getElementById(id)

function start() {
  const page = { words: JSON.parse(find('words').textContent), ...find('compare').dataset, file: null, run: 0 }
  const take = (files) => {
    if (files.length === 0) return
    page.file = files[0]
    void compare(page)
  }
  find('file').addEventListener('change', ({ target }) => {
    take(target.files)
    target.value = '' // so that choosing the same file again is a change
  })
  find('key').addEventListener('change', () => void compare(page))
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    take(event.dataTransfer.files)
  })
  find('chooser').hidden = false
}

/** Compares the chosen file anew; of several at once, the last is shown. */
async function compare(page) {
  if (!page.file) return
  const mine = ++page.run
  const { file, number } = page
  const key = find('key').value.trim()
  say(page.words.verdicts, 'waiting')
  const hash = hashOfFile(file)
  hash.catch(() => {}) // the step of the file tells of it
  const [answer, status] = await Promise.all([ask(page.proof), ask(page.worth)])
  const steps = [...(await verify({ answer, number, key, fileHash: () => hash })), await told(status)]
  const facts = { file: file.name, hash: await hash.catch(() => ''), ...factsOf(answer, key) }
  if (mine !== page.run) return
  for (const one of steps) showStep(page.words, one, status)
  showFacts(facts)
  say(page.words.verdicts, overall(steps, status))
}

function say(verdicts, outcome) {
  find('verdict').className = `verdict ${outcome}`
  find('verdict-title').textContent = verdicts[outcome].title
  find('verdict-note').textContent = verdicts[outcome].note
}

/** What the server alone says is never shown as something that was found to hold. */
function showStep(words, { name, state, reason }, status) {
  const hearsay = name === 'status' && state === 'ok'
  const shown = hearsay ? 'told' : state
  find(`step-${name}`).className = shown
  find(`state-${name}`).textContent = words.states[shown]
  find(`reason-${name}`).textContent = hearsay ? worthOf(words, status) : (words.reasons[reason] ?? '')
}

function worthOf(words, { status, conclusion, superseded_by: successor, revoked_on: day, revoked_why: why }) {
  return [words.statuses[status], words.conclusions[conclusion], successor, day, why].filter(isText).join(' · ')
}

function showFacts(facts) {
  for (const place of document.querySelectorAll('[data-fact]')) {
    const text = facts[place.dataset.fact] ?? ''
    place.textContent = text
    place.closest('div').hidden = text === ''
  }
  find('facts').hidden = false
}

if (typeof document !== 'undefined') start()

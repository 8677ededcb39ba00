import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { EmptyState } from '../shared/list/EmptyState'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { sayTime } from '../shared/time'
import { Waiting } from '../shared/Waiting'
import styles from './TracePage.module.css'

type Trace = components['schemas']['CertificatesTrace']
type Node = components['schemas']['CertificatesNode']

/** From the number of a document back to everything that it rests on, with the gaps on top. */
export default function TracePage() {
  const { t } = useLanguage()
  const [address, setAddress] = useSearchParams()
  const number = address.get('number') ?? ''
  const [text, setText] = useState(number)
  const trace = useQuery({
    queryKey: ['trace', number],
    enabled: number !== '',
    queryFn: () => answer(api.GET('/api/v1/trace/{number}', { params: { path: { number } } })),
  })
  return (
    <>
      <PageHeader title={t('nav.trace')} lead={t('trace.lead')} />
      <form
        className={styles.search}
        onSubmit={(event) => {
          event.preventDefault()
          setAddress({ number: text.trim() })
        }}
      >
        <label htmlFor="trace-number">{t('trace.number')}</label>
        <Input id="trace-number" value={text} placeholder="BG26-370113-00001" onChange={(event) => setText(event.target.value)} />
        <Button type="primary" htmlType="submit">
          {t('trace.follow')}
        </Button>
      </form>
      {number === '' && <EmptyState title={t('trace.none')} text={t('trace.none_explain')} />}
      {trace.error && <ErrorNotice problem={trace.error} onRetry={() => void trace.refetch()} />}
      {number !== '' && trace.isPending && <Waiting />}
      {trace.data && <TraceView trace={trace.data} />}
    </>
  )
}

function TraceView({ trace }: { trace: Trace }) {
  const { t, term, language } = useLanguage()
  const gaps = trace.gaps ?? []
  const nodes = trace.nodes ?? []
  const names = new Map(nodes.map((node) => [node.id, `${term('trace.kinds', node.kind)} ${nameOf(node, term)}`]))
  const groups = [...new Set(nodes.map((node) => node.kind))].map((kind) => ({ kind, members: nodes.filter((node) => node.kind === kind) }))
  return (
    <>
      <Panel title={<>{trace.document.number} <StatusTag kind="document" state={trace.document.status} /></>}>
        {trace.intact ? (
          <p className={styles.intact}>{t('trace.intact', { count: nodes.length })}</p>
        ) : (
          <ul className={styles.gaps}>
            {gaps.map((gap) => (
              <li key={`${gap.node} ${gap.code} ${gap.zh}`}>
                {gap[language]} <small>{names.get(gap.node) ?? ''}</small>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {groups.map(({ kind, members }) => (
        <Panel key={kind} title={term('trace.kinds', kind)}>
          <ol className={styles.nodes}>
            {members.map((node) => (
              <NodeLine key={node.id} node={node} names={names} page={pageOf(node, trace)} />
            ))}
          </ol>
        </Panel>
      ))}
    </>
  )
}

/** What kind of name stands in the number of a node that has none of its own. */
const named: Partial<Record<string, string>> = { event: 'events', signature: 'role' }

function nameOf({ kind, number }: Node, term: (prefix: string, value: string) => string): string {
  const prefix = named[kind]
  return prefix === undefined ? number : term(prefix, number)
}

/** Where everything that is recorded of a node can be read, if it has a page of its own. */
function pageOf({ kind, number }: Node, { document }: Trace): string | undefined {
  switch (kind) {
    case 'document':
      return `/documents/${number}`
    case 'order':
      return `/verifications/${number}`
    case 'instrument':
      return `/instruments/${number}`
    case 'report':
      return `/samples/${document.subject_number}`
  }
  return undefined
}

function NodeLine({ node, names, page }: { node: Node; names: Map<string, string>; page: string | undefined }) {
  const { t, term, language } = useLanguage()
  const rests = (node.rests ?? []).filter((id) => names.has(id))
  return (
    <li id={node.id}>
      <div className={styles.line}>
        <strong>{page === undefined ? nameOf(node, term) : <Link to={page}>{nameOf(node, term)}</Link>}</strong>
        {node.kind !== 'event' && <span>{node[language]}</span>}
        {node.person && <span className={styles.person}>{node.person}</span>}
        {node.at && <time dateTime={node.at}>{sayTime(node.at, language)}</time>}
      </div>
      {node.hash && <code className={styles.hash}>{node.hash}</code>}
      {rests.length > 0 && (
        <div className={styles.rests}>
          {t('trace.rests_on')}{' '}
          {rests.map((id) => (
            <a key={id} href={`#${id}`}>
              {names.get(id)}
            </a>
          ))}
        </div>
      )}
    </li>
  )
}

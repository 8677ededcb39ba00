import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../ErrorNotice'
import { PageHeader } from '../PageHeader'
import { Waiting } from '../Waiting'
import { DataTable, type Choice, type Column } from './DataTable'
import { EmptyState, type EmptyStateProps } from './EmptyState'
import { FilterBar, type Filter } from './FilterBar'
import { readQuery, readTrail, withCursor, withFilter, type ListQuery } from './list_address'
import styles from './ListPage.module.css'

/** One page of a list, as the API answers it. */
export interface ListAnswer<T> {
  items: readonly T[] | null
  /** The cursor of the page after this one; absent on the last. */
  next?: string
}

/** What can be done with several rows at once. */
export interface Several<T> extends Pick<Choice<T>, 'label' | 'choosable'> {
  /** Stands above the list; gets the filters and what is chosen. */
  bar: (list: { query: ListQuery; chosen: readonly T[]; reset: () => void }) => ReactNode
}

interface ListPageProps<T, Q extends object> {
  title: string
  lead?: string
  actions?: ReactNode
  /** Names the list in the cache of answers: ['samples']. */
  queryKey: readonly string[]
  /** Asks the API for one page; Q is the type of the operation's query parameters. */
  load: (query: Q) => Promise<ListAnswer<T>>
  filters: readonly Filter<keyof Q & string>[]
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  to?: (row: T) => string
  /** What an empty list is for and how its first entry comes about. */
  empty: EmptyStateProps
  several?: Several<T>
}

/** A list with its filters in the address, so that a view can be bookmarked and sent to a colleague. */
export function ListPage<T, Q extends object>(props: ListPageProps<T, Q>) {
  const { title, lead, actions, queryKey, load, filters, columns, rowKey, to, empty, several } = props
  const { t } = useLanguage()
  const [address, setAddress] = useSearchParams()
  const names = useMemo(() => filters.map(({ name }) => name), [filters])
  const query = readQuery(address, names)

  const [chosen, setChosen] = useState<readonly T[]>([])

  const change = useCallback(
    (name: string, value: string) => {
      setChosen([])
      setAddress((now) => withFilter(now, name, value), { replace: true })
    },
    [setAddress],
  )
  const clear = () => {
    setChosen([])
    setAddress((now) => names.reduce((next, name) => withFilter(next, name, ''), now))
  }

  const answer = useQuery({
    queryKey: [...queryKey, query],
    // The address is typed by whoever wrote it: the server judges its values.
    queryFn: () => load(query as Q),
    placeholderData: keepPreviousData,
  })
  const rows = answer.data?.items ?? []
  const filtered = names.some((name) => query[name] !== undefined)

  return (
    <>
      <PageHeader title={title} lead={lead} actions={actions} />
      <FilterBar filters={filters} values={query} onChange={change} onClear={clear} />
      {answer.error && <ErrorNotice problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <Waiting />}
      {answer.data && rows.length === 0 && (filtered ? <NoMatch onClear={clear} /> : <EmptyState {...empty} />)}
      {(rows.length > 0 || filtered) && several?.bar({ query, chosen, reset: () => setChosen([]) })}
      {rows.length > 0 && (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          to={to}
          busy={answer.isPlaceholderData}
          choice={several && { chosen, onChange: setChosen, label: several.label, choosable: several.choosable }}
        />
      )}
      {answer.data && <Pager next={answer.data.next ?? ''} label={t('list.pages')} />}
    </>
  )
}

function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useLanguage()
  return <EmptyState title={t('list.no_match')} text={t('list.no_match_explain')} action={<Button onClick={onClear}>{t('list.clear')}</Button>} />
}

/** Goes through the pages of a list; the way back is kept in the history entry, since cursors lead only forward. */
function Pager({ next, label }: { next: string; label: string }) {
  const { t } = useLanguage()
  const [address, setAddress] = useSearchParams()
  const trail = readTrail(useLocation().state)
  const here = address.get('cursor') ?? ''
  if (here === '' && next === '') return null

  function go(cursor: string, before: string[]) {
    setAddress((now) => withCursor(now, cursor), { state: { trail: before } })
    window.scrollTo({ top: 0 })
  }

  return (
    <nav className={styles.pager} aria-label={label}>
      <Button disabled={here === ''} onClick={() => go(trail.at(-1) ?? '', trail.slice(0, -1))}>
        {t('list.previous')}
      </Button>
      {(here === '' || trail.length > 0) && <span>{t('list.page', { page: trail.length + 1 })}</span>}
      <Button disabled={next === ''} onClick={() => go(next, [...trail, here])}>
        {t('list.next')}
      </Button>
    </nav>
  )
}

import { useRouteError } from 'react-router'
import { ErrorNotice } from '../shared/ErrorNotice'

/** A page that could not be loaded or broke; the menu stays usable around it. */
export function PageProblem() {
  const error = useRouteError()
  return <ErrorNotice problem={error instanceof Error ? error : new Error(String(error))} onRetry={() => window.location.reload()} page />
}

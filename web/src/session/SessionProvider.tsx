import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { onSessionExpired } from '../api/client'
import { keepLanguage } from '../i18n/i18n'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Waiting } from '../shared/Waiting'
import { RenewDialog } from './RenewDialog'
import { SignInPage } from './SignInPage'
import { currentSession, signOut, type Session } from './session_api'

interface SessionContext {
  session: Session
  leave: () => Promise<void>
}

const Context = createContext<SessionContext | undefined>(undefined)
const sessionKey = ['session']

/**
 * Shows the sign-in page until somebody is signed in, at whatever address was asked for, and the app from then on. When
 * the session expires, the app stays as it is, with all that was typed, and the person signs in again over it.
 */
export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const query = useQuery({ queryKey: sessionKey, queryFn: currentSession, staleTime: Infinity })
  const enter = useCallback((session: Session) => client.setQueryData(sessionKey, session), [client])

  if (query.error) return <ErrorNotice problem={query.error} onRetry={() => void query.refetch()} page />
  if (query.data === undefined) return <Waiting page />
  if (query.data === null) return <SignInPage onSignedIn={enter} />
  return <SignedIn session={query.data}>{children}</SignedIn>
}

function SignedIn({ session, children }: { session: Session; children: ReactNode }) {
  const client = useQueryClient()
  const { language } = useLanguage()
  const [asking, setAsking] = useState(false)
  const decide = useRef<(renewed: boolean) => void>(undefined)

  useEffect(() => {
    onSessionExpired(
      () =>
        new Promise<boolean>((resolve) => {
          decide.current = resolve
          setAsking(true)
        }),
    )
    return () => onSessionExpired(undefined)
  }, [])

  const close = useCallback((renewed: boolean) => {
    setAsking(false)
    decide.current?.(renewed)
  }, [])

  const forget = useCallback(() => {
    close(false)
    client.setQueryData(sessionKey, null)
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
  }, [client, close])

  const context = useMemo<SessionContext>(
    () => ({
      session,
      leave: async () => {
        await signOut()
        keepLanguage(language) // the server had the browser clear its storage
        forget()
      },
    }),
    [session, language, forget],
  )
  return (
    <Context value={context}>
      {children}
      <RenewDialog open={asking} session={session} onRenewed={() => close(true)} onOther={forget} />
    </Context>
  )
}

/** Who is signed in. */
export function useSession(): SessionContext {
  const context = use(Context)
  if (!context) throw new Error('useSession outside SessionProvider')
  return context
}

import { App } from 'antd'
import { useEffect } from 'react'
import { useBlocker } from 'react-router'
import { useLanguage } from '../../i18n/LanguageProvider'

/** Asks before a page with unsaved work is left, by a link or by closing the tab. */
export function useLeaveGuard(dirty: boolean): void {
  const { t } = useLanguage()
  const { modal } = App.useApp()
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname)

  useEffect(() => {
    if (blocker.state !== 'blocked') return
    modal.confirm({
      title: t('form.discard'),
      content: t('form.discard_explain'),
      okText: t('form.discard_yes'),
      okButtonProps: { danger: true },
      cancelText: t('form.discard_no'),
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    })
  }, [blocker, modal, t])

  useEffect(() => {
    if (!dirty) return
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', hold)
    return () => window.removeEventListener('beforeunload', hold)
  }, [dirty])
}

import { useEffect, useState } from 'react'

/**
 * Gives the focus back to what had it before, once a dialog or a drawer that was mounted open is gone; the library does so
 * only for those that stay mounted.
 */
export function useFocusBack(open: boolean): void {
  const [before] = useState(() => (open ? document.activeElement : null))
  useEffect(
    () => () => {
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus()
    },
    [before],
  )
}

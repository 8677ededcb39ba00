/** The nonce that the page's policy asks of style elements; the server writes it into each answer. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

/**
 * Gives every style element its nonce from birth. antd takes the nonce for its own styles, but the parts of it that lock
 * scrolling behind a dialog and measure the scrollbar write styles without asking, which the policy would refuse.
 */
export function giveStylesNonce(): void {
  const create: (name: string, options?: ElementCreationOptions) => HTMLElement = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
}
